import { EventEmitter, once } from 'node:events'
import type { RequestListener, ServerResponse } from 'node:http'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { expect } from 'chai'
import { requirePeer } from '../helpers/peers.ts'
import {
  certificateOf,
  type LocalServer,
  localEgress,
  refusalOf,
  selfSignedPem,
  serve,
} from './local-server.ts'

const MAX_BYTES = 100_000

describe('limits of a download', () => {
  const servers: LocalServer[] = []
  const start = async (listener: RequestListener, pem?: string): Promise<LocalServer> => {
    const server = await serve(listener, pem)
    servers.push(server)
    return server
  }
  afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())))

  const send =
    (body: Buffer, headers: Record<string, string> = {}): RequestListener =>
    (_request, response) => {
      response.writeHead(200, headers).end(body)
    }
  const sendChunked =
    (body: Buffer): RequestListener =>
    (_request, response) => {
      response.writeHead(200).write(body)
      response.end()
    }
  const download = (server: LocalServer, maxBytes = MAX_BYTES) =>
    localEgress().download({ url: server.origin, maxBytes })
  const noise = Buffer.from(
    Array.from({ length: MAX_BYTES + 1 }, (_, index) => ((index * 2_654_435_761) >>> 13) & 0xff),
  )
  const full = noise.subarray(0, MAX_BYTES)

  /** Writes `chunk` for as long as the connection takes it; emits `broken` once the connection is closed. */
  const endless =
    (chunk: Buffer, headers: Record<string, string>, events: EventEmitter): RequestListener =>
    (_request, response) => {
      response.on('close', () => events.emit('broken'))
      response.writeHead(200, headers)
      const pump = (): void => {
        while (!response.destroyed && response.write(chunk)) {}
      }
      response.on('drain', pump)
      pump()
    }

  describe('of size', () => {
    it('takes the last byte that is allowed, by length and by chunks', async () => {
      for (const listener of [send(full, { 'content-length': `${MAX_BYTES}` }), sendChunked(full)]) {
        expect((await download(await start(listener))).bytes.equals(full)).to.equal(true)
      }
    })

    it('refuses one byte more, by length and by chunks', async () => {
      for (const listener of [send(noise, { 'content-length': `${MAX_BYTES + 1}` }), sendChunked(noise)]) {
        expect((await refusalOf(download(await start(listener)))).reason).to.equal('too_large')
      }
    })

    it('refuses by Content-Length before the body comes', async () => {
      const server = await start((_request, response) => {
        response.writeHead(200, { 'content-length': `${MAX_BYTES + 1}` }).flushHeaders()
      })
      expect((await refusalOf(download(server))).reason).to.equal('too_large')
    })

    it('breaks an endless body off', async () => {
      const events = new EventEmitter()
      const broken = once(events, 'broken')
      const server = await start(endless(Buffer.alloc(16_384), {}, events))
      expect((await refusalOf(download(server))).reason).to.equal('too_large')
      await broken
    })

    it('breaks an endless gzip bomb off at the limit after decoding', async () => {
      const events = new EventEmitter()
      const broken = once(events, 'broken')
      const bomb = gzipSync(Buffer.alloc(1_000_000))
      const server = await start(endless(bomb, { 'content-encoding': 'gzip' }, events))
      expect((await refusalOf(download(server))).reason).to.equal('too_large')
      await broken
    })

    it('breaks off a coded body that never decodes to anything', async () => {
      const events = new EventEmitter()
      const broken = once(events, 'broken')
      const server = await start(endless(gzipSync(Buffer.alloc(0)), { 'content-encoding': 'gzip' }, events))
      expect((await refusalOf(download(server))).reason).to.equal('too_large')
      await broken
    })

    const codings: readonly (readonly [coding: string, name: string, encoded: Buffer])[] = [
      ['gzip', 'gzip', gzipSync(full, { level: 0 })],
      ['GZIP', 'gzip in capitals', gzipSync(full)],
      ['x-gzip', 'x-gzip', gzipSync(full)],
      ['br', 'Brotli', brotliCompressSync(full)],
      ['deflate', 'deflate', deflateSync(full)],
      ['deflate', 'deflate without its zlib frame', deflateRawSync(full)],
      ['identity', 'identity', full],
    ]
    for (const [coding, name, encoded] of codings) {
      it(`decodes ${name} up to the limit and refuses one byte more`, async () => {
        const server = await start(
          send(encoded, { 'content-encoding': coding, 'content-length': `${encoded.length}` }),
        )
        expect((await download(server)).bytes.equals(full)).to.equal(true)
        expect((await refusalOf(download(server, MAX_BYTES - 1))).reason).to.equal('too_large')
        expect(server.requests[0]?.headers['accept-encoding']).to.equal('gzip, deflate, br')
      })
    }
  })

  describe('of what counts as an answer', () => {
    for (const status of [201, 204, 206, 400, 401, 404, 410, 500, 503]) {
      it(`refuses ${status} with its status, and asks once`, async () => {
        const server = await start((_request, response) =>
          response.writeHead(status, { 'retry-after': '0' }).end(),
        )
        const refusal = await refusalOf(download(server))
        expect(refusal).to.include({ reason: 'status', status })
        expect(refusal.message).to.include(String(status))
        expect(server.requests).to.have.length(1)
      })
    }

    it('doesn’t wait for the body of a refused status', async () => {
      const server = await start((_request, response) => response.writeHead(404).write('never ending'))
      expect((await refusalOf(download(server))).reason).to.equal('status')
    })

    const cut = (response: ServerResponse): void => {
      response.write('half', () => response.socket?.end())
    }
    const broken: Readonly<Record<string, RequestListener>> = {
      'a body shorter than its Content-Length': (_request, response) => {
        response.writeHead(200, { 'content-length': '100' })
        cut(response)
      },
      'chunks without the last one': (_request, response) => {
        response.writeHead(200)
        cut(response)
      },
      'a connection closed before the answer': (request) => request.socket.destroy(),
      'something other than HTTP': (request) => request.socket.end('SSH-2.0-OpenSSH\r\n'),
      'a gzip body that is none': send(Buffer.from('not gzip at all'), { 'content-encoding': 'gzip' }),
      'a gzip body cut short': send(gzipSync(full).subarray(0, 500), { 'content-encoding': 'gzip' }),
      'a content coding nobody asked for': send(full, { 'content-encoding': 'compress' }),
      'a header of 100 kB': (request) =>
        request.socket.end(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`),
    }
    for (const [fault, listener] of Object.entries(broken)) {
      it(`takes ${fault} as unreachable`, async () => {
        const server = await start(listener)
        const refusal = await refusalOf(download(server))
        expect(refusal).to.include({ reason: 'unreachable', status: null })
        expect(refusal.cause).to.equal(undefined)
        expect(server.requests).to.have.length(1)
      })
    }

    it('takes a refused connection as unreachable', async () => {
      const server = await serve(() => {})
      await server.close()
      expect((await refusalOf(download(server))).reason).to.equal('unreachable')
    })
  })

  describe('of time', () => {
    it('gives up on a server that accepts and says nothing', async () => {
      const server = await start(() => {})
      const egress = localEgress({ firstByteTimeoutMs: 50 })
      const refusal = await refusalOf(
        egress.download({ url: `${server.origin}/secret`, maxBytes: MAX_BYTES }),
      )
      expect(refusal.reason).to.equal('timeout')
      expect(refusal.message).not.to.include('secret')
    })

    it('gives up on a resolver that says nothing', async () => {
      const egress = localEgress({ firstByteTimeoutMs: 50, lookup: () => new Promise(() => {}) })
      const refusal = await refusalOf(egress.download({ url: 'http://slow.test/', maxBytes: MAX_BYTES }))
      expect(refusal.reason).to.equal('timeout')
    })

    /** A byte each 10 ms, until the connection is closed. */
    const drip: RequestListener = (_request, response) => {
      response.writeHead(200)
      const timer = setInterval(() => response.write('x'), 10)
      response.on('close', () => clearInterval(timer))
    }

    it('ends a drip when the total is over, though the first byte was in time', async () => {
      const server = await start(drip)
      const egress = localEgress({ totalTimeoutMs: 200 })
      const refusal = await refusalOf(egress.download({ url: server.origin, maxBytes: MAX_BYTES }))
      expect(refusal.reason).to.equal('timeout')
    })

    it('lets a body take longer than the first byte may', async () => {
      const server = await start((_request, response) => {
        response.write('begun')
        setTimeout(() => response.end(), 300)
      })
      const egress = localEgress({ firstByteTimeoutMs: 150 })
      expect((await egress.download({ url: server.origin, maxBytes: MAX_BYTES })).bytes.toString()).to.equal(
        'begun',
      )
    })

    it('counts redirects into the total', async () => {
      const server = await start((_request, response) => {
        setTimeout(() => response.writeHead(302, { location: '/' }).end(), 60)
      })
      const egress = localEgress({ totalTimeoutMs: 150 })
      const refusal = await refusalOf(egress.download({ url: server.origin, maxBytes: MAX_BYTES }))
      expect(refusal.reason).to.equal('timeout')
    })

    it('stops when its caller calls it off, before and during', async () => {
      const caller = new AbortController()
      const server = await start((request, response) => {
        drip(request, response)
        caller.abort()
      })
      const request = { url: server.origin, maxBytes: MAX_BYTES, signal: caller.signal }
      for (const when of ['during', 'before']) {
        expect((await refusalOf(localEgress().download(request))).reason, when).to.equal('timeout')
      }
      expect(server.requests).to.have.length(1)
    })
  })

  describe('of TLS', () => {
    let pem: string
    before(function () {
      requirePeer(this, 'openssl', 'openssl')
      pem = selfSignedPem('DNS:secure.test')
    })
    const lookup = () => Promise.resolve([{ address: '127.0.0.1', family: 4 }])

    it('checks the certificate against the name, not the address it connects to', async () => {
      const server = await start(send(full), pem)
      const egress = localEgress({ lookup, certificateAuthority: certificateOf(pem) })
      for (const host of ['secure.test', 'secure.test.']) {
        const url = `https://${host}:${server.port}/`
        expect((await egress.download({ url, maxBytes: MAX_BYTES })).bytes.equals(full), host).to.equal(true)
      }
      // SNI never ends in a dot: RFC 6066, section 3.
      for (const { socket } of server.requests) expect(socket).to.have.property('servername', 'secure.test')
      for (const host of ['other.test', '127.0.0.1']) {
        const url = `https://${host}:${server.port}/`
        expect((await refusalOf(egress.download({ url, maxBytes: MAX_BYTES }))).reason, host).to.equal(
          'unreachable',
        )
      }
    })

    it('refuses a certificate nobody vouches for, whatever the environment says', async () => {
      const server = await start(send(full), pem)
      process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
      try {
        const url = `https://secure.test:${server.port}/`
        const refusal = await refusalOf(localEgress({ lookup }).download({ url, maxBytes: MAX_BYTES }))
        expect(refusal.reason).to.equal('unreachable')
      } finally {
        delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']
      }
      expect(server.requests).to.deep.equal([])
    })
  })
})
