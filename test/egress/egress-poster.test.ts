import { expect } from 'chai'
import { EgressError } from '../../lib/egress/egress.ts'
import { parseEgressAllow } from '../../lib/egress/egress-allow.ts'
import { createEgressPoster, type EgressPosterOptions } from '../../lib/egress/egress-poster.ts'
import { type LocalServer, serve } from './local-server.ts'

describe('the guarded poster', () => {
  let server: LocalServer
  afterEach(() => server.close())

  const post = (url: string, options: Partial<EgressPosterOptions> = {}) =>
    createEgressPoster({ allow: parseEgressAllow('127.0.0.1'), ...options }).post({
      url,
      headers: { 'x-one': '1' },
      body: 'ä',
    })
  const refusal = async (work: Promise<unknown>): Promise<EgressError> => {
    const outcome = await work.catch((error: unknown) => error)
    if (outcome instanceof EgressError) return outcome
    throw new Error('the request was not refused')
  }

  it('sends the bytes and answers the status, however long the body would be', async () => {
    const bodies: string[] = []
    server = await serve((request, response) => {
      request.setEncoding('utf8').on('data', (text: string) => bodies.push(text))
      request.on('end', () => response.writeHead(202, { 'retry-after': '7' }).write('and so on'))
    })
    expect(await post(server.origin)).to.deep.equal({ status: 202, retryAfter: '7' })
    expect(bodies).to.deep.equal(['ä'])
    expect(server.requests[0]?.method).to.equal('POST')
    expect(server.requests[0]?.headers).to.include({ 'x-one': '1', 'content-length': '2' })
  })

  it('follows no redirect', async () => {
    server = await serve((_request, response) => response.writeHead(307, { location: '/other' }).end())
    expect((await post(server.origin)).status).to.equal(307)
    expect(server.requests).to.have.length(1)
  })

  it('reaches no address that is not public, by literal or by name', async () => {
    server = await serve((_request, response) => response.end())
    const nobody = { allow: parseEgressAllow('') }
    expect((await refusal(post(server.origin, nobody))).reason).to.equal('blocked')
    const named = { ...nobody, lookup: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]) }
    expect((await refusal(post(`http://hooks.example:${server.port}`, named))).reason).to.equal('blocked')
    expect(server.requests).to.have.length(0)
  })

  it('gives up a lookup or an answer that takes too long, without a word of the address', async () => {
    server = await serve(() => undefined)
    const soon = { timeoutMs: 50 }
    expect((await refusal(post(server.origin, soon))).reason).to.equal('timeout')
    const lookup = () => new Promise<never>(() => undefined)
    expect((await refusal(post('http://hooks.example', { ...soon, lookup }))).reason).to.equal('timeout')
  })

  it('says that nobody is there, without a word of the address', async () => {
    server = await serve((request) => request.socket.destroy())
    const lookup = () => Promise.resolve([{ address: '127.0.0.1', family: 4 }])
    const error = await refusal(post(`http://hooks.example:${server.port}`, { lookup }))
    expect(error.reason).to.equal('unreachable')
    expect(error.message).to.not.include('127.0.0.1')
    expect((await refusal(post('ftp://hooks.example'))).reason).to.equal('invalid')
  })

  it('asks for a name once at a time, however many requests give up waiting, and for 64 names at most', async () => {
    server = await serve((_request, response) => response.end())
    const asked: string[] = []
    let answer: (addresses: { address: string; family: number }[]) => void = () => undefined
    const lookup = (name: string) => {
      asked.push(name)
      return new Promise<{ address: string; family: number }[]>((resolve) => {
        if (name === 'slow.example') answer = resolve
      })
    }
    const poster = createEgressPoster({ allow: parseEgressAllow('127.0.0.1'), lookup, timeoutMs: 500 })
    const postTo = (name: string) =>
      poster.post({ url: `http://${name}:${server.port}`, headers: {}, body: '' })
    for (let round = 1; round <= 3; round += 1) {
      const posts = Array.from({ length: 4 }, () => refusal(postTo('slow.example')))
      for (const { reason } of await Promise.all(posts)) expect(reason).to.equal('timeout')
    }
    expect(asked).to.deep.equal(['slow.example'])
    const others = Array.from({ length: 63 }, (_, index) => refusal(postTo(`slow-${index}.example`)))
    expect((await refusal(postTo('one-more.example'))).message).to.include('more than 64 names')
    await Promise.all(others)
    expect(asked).to.have.length(64)

    // Once it is answered it is asked anew: the next answer may be another one.
    answer([{ address: '127.0.0.1', family: 4 }])
    await new Promise((resolve) => setImmediate(resolve))
    const again = postTo('slow.example')
    await new Promise((resolve) => setImmediate(resolve))
    answer([{ address: '127.0.0.1', family: 4 }])
    expect((await again).status).to.equal(200)
    expect(asked.filter((name) => name === 'slow.example')).to.have.length(2)
  })
})
