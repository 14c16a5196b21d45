import { expect } from 'chai'
import type { RestClient } from '../helpers/rest-client.ts'
import { ID_OF, openRestWorkspace, type RestWorkspace } from './rest-fixtures.ts'

describe('/v1/merchants', () => {
  let workspace: RestWorkspace
  let admin: RestClient

  before(async () => {
    workspace = await openRestWorkspace()
    admin = workspace.admin
  })
  after(() => workspace.stop())

  it('makes, shows, renames and deletes', async () => {
    const made = (await admin.post('/v1/merchants', { name: 'Acme' })).json.data
    expect(made.id).to.match(ID_OF['mrch'] as RegExp)
    expect((await admin.get(`/v1/merchants/${made.id}`)).json.data).to.deep.equal(made)
    const renamed = (await admin.post(`/v1/merchants/${made.id}`, { name: 'Acme 2' })).json.data
    expect(renamed).to.include({ id: made.id, name: 'Acme 2', created_at: made.created_at })
    expect((await admin.delete(`/v1/merchants/${made.id}`)).json.data).to.deep.equal(renamed)
    expect((await admin.get(`/v1/merchants/${made.id}`)).status).to.equal(404)
  })

  it('keeps names unique, when made and when renamed', async () => {
    const id = await workspace.newMerchant('Unique')
    const other = await workspace.newMerchant('Other')
    for (const path of ['/v1/merchants', `/v1/merchants/${other}`]) {
      const { status, json } = await admin.post(path, { name: 'Unique' })
      expect([status, json.code, json.errors]).to.deep.equal([409, 'already_exists', ['name is taken']])
    }
    expect((await admin.post(`/v1/merchants/${id}`, { name: 'Unique' })).status).to.equal(200)
  })

  it('keeps a merchant who has users or orders, and forgets one whose users were deleted', async () => {
    const { json } = await admin.get('/v1/merchants')
    const demo = json.data.find(({ name }: { name: string }) => name === 'demo').id
    const { status, json: refusal } = await admin.delete(`/v1/merchants/${demo}`)
    expect([status, refusal.code]).to.deep.equal([400, 'validation_error'])
    expect((await admin.get(`/v1/merchants/${demo}`)).status).to.equal(200)

    const id = await workspace.newMerchant()
    const user = { username: 'short', role: 'merchant', merchant_id: id }
    const userId = (await admin.post('/v1/users', user)).json.data.id
    expect((await admin.delete(`/v1/merchants/${id}`)).status).to.equal(400)
    await admin.delete(`/v1/users/${userId}`)
    expect((await admin.delete(`/v1/merchants/${id}`)).status).to.equal(200)
  })
})
