import { expect } from 'chai'
import { startServer, type TestServer } from '../helpers/server.ts'
import { newestWebhook, WEBHOOK } from './webhook-fixtures.ts'

const NO_SUCH_WEBHOOK = -32103

describe('webhook.delete', () => {
  let server: TestServer
  before(async () => {
    server = await startServer()
  })
  after(() => server.stop())

  it('takes away one webhook, by its number or the text of it', async () => {
    for (const toArgument of [Number, String]) {
      await server.rpc.call('webhook.create', [WEBHOOK])
      const { webhook_id: id } = await newestWebhook(server)
      expect(await server.rpc.call('webhook.delete', [toArgument(id)])).to.equal(true)
      expect(await server.rpc.call('webhook.list')).to.deep.equal([])
      expect((await server.rpc.fault('webhook.delete', [id])).code).to.equal(NO_SUCH_WEBHOOK)
    }
  })

  it("knows no other merchant's, and nothing by another name", async () => {
    await server.rpc.call('webhook.create', [WEBHOOK])
    const { webhook_id: id } = await newestWebhook(server)
    expect((await server.rpc.fault('webhook.delete', [id], 'demo-other')).code).to.equal(NO_SUCH_WEBHOOK)
    for (const name of ['', 'abc', -1, 0, 1.5, `0${id}`, '9'.repeat(30), '1\u0000', 'whk_x'])
      expect((await server.rpc.fault('webhook.delete', [name])).code, String(name)).to.equal(NO_SUCH_WEBHOOK)
    expect(await server.rpc.call('webhook.list')).to.have.length(1)
    expect((await server.rpc.fault('webhook.delete', [])).code).to.equal(-32006)
  })
})
