import { expect } from 'chai'
import { startServer, type TestServer } from '../helpers/server.ts'
import { WEBHOOK } from './webhook-fixtures.ts'

describe('webhook.list', () => {
  let server: TestServer
  before(async () => {
    server = await startServer()
  })
  after(() => server.stop())

  it('shows the merchant its own webhooks, and of each secret the last four characters', async () => {
    expect(await server.rpc.call('webhook.list')).to.deep.equal([])
    await server.rpc.call('webhook.create', [WEBHOOK])
    await server.rpc.call('webhook.create', [
      {
        ...WEBHOOK,
        topics: ['order_instruction.*', 'inventory:adjusted'],
        is_active: 0,
        extra_headers: 'X-One: 1\r\nX-Two:  b : c \n',
        secret_key: 'another-secret',
      },
    ])
    const [first, second] = await server.rpc.call('webhook.list')
    expect(first).to.deep.equal({
      webhook_id: first.webhook_id,
      is_active: 1,
      topics: 'order:created',
      url: WEBHOOK.url,
      extra_headers: '',
      secret_key: 'ter2',
    })
    expect(Object.keys(first)).to.deep.equal([
      'webhook_id',
      'is_active',
      'topics',
      'url',
      'extra_headers',
      'secret_key',
    ])
    expect(first.webhook_id).to.be.a('number')
    expect(second).to.deep.include({
      is_active: 0,
      topics: 'order_instruction.*,inventory:adjusted',
      extra_headers: 'X-One: 1\nX-Two: b : c',
      secret_key: 'cret',
    })
    expect(second.webhook_id).to.be.greaterThan(first.webhook_id)
    expect(await server.rpc.call('webhook.list', [], 'demo-other')).to.deep.equal([])
  })

  it('is denied to packers', async () => {
    expect((await server.rpc.fault('webhook.list', [], 'packer')).code).to.equal(-32002)
  })
})
