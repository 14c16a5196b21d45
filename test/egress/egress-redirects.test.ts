import type { RequestListener } from 'node:http'
import { expect } from 'chai'
import { requirePeer } from '../helpers/peers.ts'
import {
  certificateOf,
  type LocalServer,
  localEgress,
  refusalOf,
  selfSignedPem,
  serve,
  serveBothSchemes,
} from './local-server.ts'

const MAX_BYTES = 1000

describe('redirects of a download', () => {
  const servers: LocalServer[] = []
  const start = async (listener: RequestListener, pem?: string): Promise<LocalServer> => {
    const server = await serve(listener, pem)
    servers.push(server)
    return server
  }
  afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())))

  const redirectTo =
    (location: string | undefined, status = 302): RequestListener =>
    (_request, response) => {
      response.writeHead(status, location === undefined ? {} : { location }).end()
    }
  const answer: RequestListener = (_request, response) => {
    response.writeHead(200, {
      'content-type': 'application/pdf',
      'content-disposition': 'inline; filename=last.pdf',
    })
    response.end('%PDF')
  }
  /** Path `/n` is n redirects away from the answer. */
  const countdown: RequestListener = (request, response) => {
    const left = Number(request.url?.slice(1))
    if (left === 0) answer(request, response)
    else redirectTo(`/${left - 1}`)(request, response)
  }

  for (const status of [301, 302, 303, 307, 308]) {
    it(`follows ${status} within the origin and keeps auth and headers there`, async () => {
      const server = await start((request, response) => {
        if (request.url === '/end') answer(request, response)
        else redirectTo('end', status)(request, response)
      })
      const download = await localEgress().download({
        url: `${server.origin}/start`,
        auth: ['zoë', 'p:ß'],
        headers: { 'X-Key': 'k' },
        maxBytes: MAX_BYTES,
      })
      expect(download).to.deep.equal({
        bytes: Buffer.from('%PDF'),
        dispositionFileNames: ['last.pdf'],
        contentType: 'application/pdf',
      })
      expect(server.requests.map(({ url }) => url)).to.deep.equal(['/start', '/end'])
      const authorization = `Basic ${Buffer.from('zoë:p:ß', 'utf8').toString('base64')}`
      for (const { method, headers } of server.requests) {
        expect(method).to.equal('GET')
        expect(headers).to.include({ authorization, 'x-key': 'k', 'user-agent': 'Packhouse' })
      }
    })
  }

  it('drops auth and every header at another port, for good, though the chain comes back', async () => {
    const other = await start((_request, response) =>
      response.writeHead(302, { location: `${home.origin}/2` }).end(),
    )
    const home = await start((request, response) => {
      if (request.url === '/1') redirectTo(`${other.origin}/`)(request, response)
      else answer(request, response)
    })
    await localEgress().download({
      url: `${home.origin}/1`,
      auth: ['user', 'secret'],
      headers: { 'X-Key': 'secret', Cookie: 'secret', Accept: 'image/png', 'User-Agent': 'secret' },
      maxBytes: MAX_BYTES,
    })
    const [first, back] = home.requests
    expect(first?.headers).to.include({ 'x-key': 'secret', cookie: 'secret', accept: 'image/png' })
    for (const request of [other.requests[0], back]) {
      expect(JSON.stringify(request?.rawHeaders)).not.to.include('secret')
      expect(request?.headers).to.include({
        accept: 'application/pdf,image/png,image/jpeg;q=0.9,*/*;q=0.5',
        'user-agent': 'Packhouse',
      })
      expect(request?.headers).not.to.have.any.keys('authorization', 'x-key', 'cookie')
    }
  })

  it('drops auth and every header from https to http on the same host and port', async function () {
    requirePeer(this, 'openssl', 'openssl')
    const pem = selfSignedPem('IP:127.0.0.1')
    const server = await serveBothSchemes((request, response) => {
      if (request.url === '/end') answer(request, response)
      else redirectTo(`http://${request.headers.host}/end`)(request, response)
    }, pem)
    servers.push(server)
    await localEgress({ certificateAuthority: certificateOf(pem) }).download({
      url: `${server.origin}/`,
      auth: ['user', 'password'],
      headers: { 'X-Key': 'k' },
      maxBytes: MAX_BYTES,
    })
    const [secure, plain] = server.requests
    expect(secure?.headers).to.include.keys('authorization', 'x-key')
    expect(plain?.headers.host).to.equal(secure?.headers.host)
    expect(plain?.headers).not.to.have.any.keys('authorization', 'x-key')
  })

  it('keeps no cookie of an answer', async () => {
    const server = await start((request, response) => {
      if (request.url === '/end') answer(request, response)
      else response.writeHead(302, { location: '/end', 'set-cookie': 'a=b' }).end()
    })
    await localEgress().download({ url: server.origin, maxBytes: MAX_BYTES })
    expect(server.requests[1]?.headers).not.to.have.property('cookie')
  })

  it('follows five redirects and refuses the sixth without asking for it', async () => {
    const server = await start(countdown)
    const download = await localEgress().download({ url: `${server.origin}/5`, maxBytes: MAX_BYTES })
    expect(download.bytes.toString()).to.equal('%PDF')
    const refusal = await refusalOf(
      localEgress().download({ url: `${server.origin}/6`, maxBytes: MAX_BYTES }),
    )
    expect(refusal.reason).to.equal('redirects')
    expect(server.requests).to.have.length(6 + 6)
  })

  it('reads a Location of raw UTF-8 bytes', async () => {
    const server = await start((request, response) => {
      if (request.url === '/') redirectTo(Buffer.from('/é', 'utf8').toString('latin1'))(request, response)
      else answer(request, response)
    })
    await localEgress().download({ url: `${server.origin}/`, maxBytes: MAX_BYTES })
    expect(server.requests[1]?.url).to.equal('/%C3%A9')
  })

  const refusedLocations: readonly (readonly [location: string | undefined, reason: string])[] = [
    [undefined, 'redirects'],
    ['', 'redirects'],
    ['http://', 'redirects'],
    ['http://[::1', 'redirects'],
    ['http://user:secret@127.0.0.1/', 'redirects'],
    [`/${'a'.repeat(4096)}`, 'redirects'],
    ['file:///etc/passwd', 'blocked'],
    ['ftp://127.0.0.1/', 'blocked'],
    ['data:text/plain,hello', 'blocked'],
    ['http://127.0.0.2/', 'blocked'],
    ['//10.0.0.1/', 'blocked'],
    ['http://[::ffff:127.0.0.1]/', 'blocked'],
    ['http://169.254.169.254/latest/meta-data/', 'blocked'],
  ]
  for (const [location, reason] of refusedLocations) {
    it(`refuses a redirect to ${location?.slice(0, 40) ?? 'nowhere'} as ${reason}`, async () => {
      const server = await start(redirectTo(location))
      const refusal = await refusalOf(localEgress().download({ url: server.origin, maxBytes: MAX_BYTES }))
      expect(refusal.reason).to.equal(reason)
      expect(refusal.message).not.to.match(/secret|passwd|meta-data/)
      expect(server.requests).to.have.length(1)
    })
  }

  for (const status of [300, 304, 305, 306]) {
    it(`takes ${status} as a final status, Location or not`, async () => {
      const server = await start(redirectTo('/elsewhere', status))
      const refusal = await refusalOf(localEgress().download({ url: server.origin, maxBytes: MAX_BYTES }))
      expect(refusal).to.include({ reason: 'status', status })
      expect(server.requests).to.have.length(1)
    })
  }
})
