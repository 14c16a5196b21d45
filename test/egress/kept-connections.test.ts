import type { LookupAddress } from 'node:dns'
import type { RequestListener, ServerResponse } from 'node:http'
import { expect } from 'chai'
import { parseEgressAllow } from '../../lib/egress/egress-allow.ts'
import { createEgressPoster } from '../../lib/egress/egress-poster.ts'
import { type LocalServer, serve } from './local-server.ts'

describe('the connections of the poster', () => {
  let server: LocalServer
  let addresses: LookupAddress[]
  /** By the number of the request, from 1. */
  let answer: (response: ServerResponse, number: number) => void
  /** Where each request came from: a port is a connection. */
  let ports: (number | undefined)[]

  beforeEach(async () => {
    addresses = [{ address: '127.0.0.1', family: 4 }]
    answer = (response) => response.writeHead(200).end('thanks')
    ports = []
    const listener: RequestListener = (request, response) => {
      ports.push(request.socket.remotePort)
      request.resume().once('end', () => answer(response, ports.length))
    }
    server = await serve(listener)
  })
  afterEach(() => server.close())

  const createPost = () => {
    const lookup = () => Promise.resolve(addresses)
    const poster = createEgressPoster({ allow: parseEgressAllow('127.0.0.0/8'), lookup })
    return () =>
      poster.post({ url: `http://hooks.example:${server.port}/`, headers: {}, body: 'x' }).then(
        ({ status }) => status,
        ({ reason }: { reason: string }) => reason,
      )
  }
  const inTurn = async (post: () => Promise<unknown>, count: number) => {
    const outcomes: unknown[] = []
    for (let number = 0; number < count; number += 1) {
      outcomes.push(await post())
      // The rest of an answer goes by after its head.
      await new Promise((resolve) => setImmediate(resolve))
    }
    return outcomes
  }

  it('take one request after the other, whatever the status is', async () => {
    answer = (response, number) => response.writeHead(number === 2 ? 500 : 204).end()
    expect(await inTurn(createPost(), 4)).to.deep.equal([204, 500, 204, 204])
    expect(new Set(ports).size).to.equal(1)
  })

  it('are not used where the name has other addresses meanwhile', async () => {
    const post = createPost()
    expect(await post()).to.equal(200)
    // Nobody listens there, and there is nobody who may be asked.
    addresses = [{ address: '127.0.0.2', family: 4 }]
    expect(await post()).to.equal('unreachable')
    addresses = [{ address: '10.0.0.1', family: 4 }]
    expect(await post()).to.equal('blocked')
    expect(ports).to.have.length(1)
  })

  it('that turn out to be closed are replaced by a new one, at once', async () => {
    answer = (response, number) => {
      if (number === 2) response.destroy()
      else response.writeHead(200).end()
    }
    expect(await inTurn(createPost(), 3)).to.deep.equal([200, 200, 200])
    expect(ports).to.have.length(4)
    expect(ports[1]).to.equal(ports[0])
    expect(ports[2]).to.not.equal(ports[1])
  })

  it('that are new and are closed without an answer get no second request', async () => {
    answer = (response) => response.destroy()
    expect(await inTurn(createPost(), 2)).to.deep.equal(['unreachable', 'unreachable'])
    expect(ports).to.have.length(2)
  })

  it('end with an answer that is long', async () => {
    answer = (response) => response.writeHead(200).end(Buffer.alloc(1_000_000))
    expect(await inTurn(createPost(), 3)).to.deep.equal([200, 200, 200])
    expect(new Set(ports).size).to.equal(3)
  })
})
