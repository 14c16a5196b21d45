import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
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

  it('tears no character that takes two code units', async () => {
    const text = `a${'😀'.repeat(2_000_000)}`
    expect((await received(text)) === text).to.equal(true)
  })
})
