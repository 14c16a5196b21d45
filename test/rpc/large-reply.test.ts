import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { expect } from 'chai'
import { endInPieces } from '../../lib/transport/http/large-reply.ts'

describe('a large reply', () => {
  async function received(text: string): Promise<string> {
    const server = createServer((_request, response) => void endInPieces(response, text)).listen(
      0,
      '127.0.0.1',
    )
    await once(server, 'listening')
    try {
      const { port } = server.address() as AddressInfo
      return await (await fetch(`http://127.0.0.1:${port}/`)).text()
    } finally {
      server.close()
    }
  }

  it('arrives whole, whatever its length', async () => {
    for (const length of [0, 1, 1_048_576, 1_048_577, 2_097_152, 5_000_001]) {
      const text = 'a'.repeat(length)
      expect((await received(text)) === text, String(length)).to.equal(true)
    }
  })

  it('waits for nobody who takes nothing of it', async () => {
    let ended: (response: ServerResponse) => void
    const given = new Promise<ServerResponse>((resolve) => {
      ended = resolve
    })
    const server = createServer((_request, response) => {
      void endInPieces(response, 'a'.repeat(50_000_000), 100).then(() => ended(response))
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => undefined)
    try {
      client.pause().write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
      expect((await given).destroyed).to.equal(true)
    } finally {
      client.destroy()
      server.close()
    }
  })

  it('tears no character that takes two code units', async () => {
    const text = `a${'😀'.repeat(2_000_000)}`
    expect((await received(text)) === text).to.equal(true)
  })
})
