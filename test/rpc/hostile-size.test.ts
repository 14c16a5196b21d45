import { expect } from 'chai'
import { approximateLength } from '../../lib/transport/rpc/reply-size.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

describe('hostile sizes', () => {
  let server: TestServer
  before(async () => {
    server = await startServer()
  })
  after(() => server.stop())

  it('are refused before half a million values are made of a body', async () => {
    const { json } = await server.rpc.raw(`[${'{},'.repeat(500_001)}{}]`)
    expect(json.error.code).to.equal(-32600)
    expect(json.error.message).to.contain('500000 values')
    const params = await server.rpc.raw(
      `{"jsonrpc":"2.0","id":1,"method":"x","params":[${'[],'.repeat(500_001)}[]]}`,
    )
    expect(params.json.error.code).to.equal(-32600)
  })

  it('do not keep a large batch of real orders out', async () => {
    const items = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`SKU-${index}`, 1]))
    const session = await server.rpc.session()
    const batch = Array.from({ length: 10 }, (_, id) => ({
      jsonrpc: '2.0',
      id,
      method: 'call',
      params: [session, 'order.create', [null, items]],
    }))
    const { json } = await server.rpc.raw(JSON.stringify(batch))
    expect(json.filter((reply: { result?: unknown }) => reply.result)).to.have.length(10)
  })

  it('of answers are estimated by their texts', () => {
    expect(
      approximateLength([{ file_content: 'a'.repeat(1000), list: ['b'.repeat(500), null, 7] }]),
    ).to.be.within(1500, 1520)
  })
})
