import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { expect } from 'chai'
import express, { type Response } from 'express'
import { SseWriter } from '../../lib/transport/rest/sse-writer.ts'

/** More than the buffers of both sockets take. */
const MESSAGE = { event: 'x', data: 'y'.repeat(1_000_000) }
const MESSAGES_MAX = 1_000

describe('a stream of server-sent events', () => {
  it('waits for a reader that is slow, and cuts off one that takes nothing', async () => {
    const app = express()
    const opened = new Promise<Response>((resolve) => app.get('/', (_request, response) => resolve(response)))
    const server = app.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const reader = connect((server.address() as AddressInfo).port, '127.0.0.1')
    reader.on('error', () => undefined)
    reader.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    reader.pause()
    const response = await opened
    const writer = new SseWriter(response, { drainMs: 100 })
    let sent = 0
    for (; writer.isOpen && sent < MESSAGES_MAX; sent += 1) {
      writer.send(MESSAGE)
      await writer.drained()
      expect(response.writableLength).to.be.below(2 * MESSAGE.data.length)
    }
    expect(sent).to.be.within(1, 100)
    expect(response.destroyed).to.equal(true)
    reader.destroy()
    server.close()
    await once(server, 'close')
  })

  it('lets one that reads have everything', async () => {
    const app = express()
    const count = 30
    app.get('/', async (_request, response) => {
      const writer = new SseWriter(response, { drainMs: 10_000 })
      for (let sent = 0; sent < count; sent += 1) {
        writer.send({ id: String(sent), ...MESSAGE })
        await writer.drained()
      }
      writer.end()
    })
    const server = app.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const reply = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    const text = await reply.text()
    expect([...text.matchAll(/^id: \d+$/gm)]).to.have.length(count)
    server.close()
    await once(server, 'close')
  })
})
