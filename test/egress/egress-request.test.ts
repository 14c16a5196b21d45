import { text } from 'node:stream/consumers'
import { expect } from 'chai'
import { parseEgressAllow } from '../../lib/egress/egress-allow.ts'
import { startDeadline } from '../../lib/egress/egress-deadline.ts'
import { createEgressGuard } from '../../lib/egress/egress-guard.ts'
import { sendEgressRequest } from '../../lib/egress/egress-request.ts'
import { type LocalServer, serve } from './local-server.ts'

describe('one request through the guard', () => {
  const guard = createEgressGuard({ allow: parseEgressAllow('127.0.0.1') })
  const { signal } = new AbortController()
  let server: LocalServer
  let received: string | undefined
  before(async () => {
    server = await serve((request, response) => {
      if (request.url === '/silent') return
      void text(request).then((body) => {
        received = body
        response.writeHead(302, { location: '/elsewhere' }).end('moved')
      })
    })
  })
  after(() => server.close())

  it('posts a body and leaves a redirect to its caller', async () => {
    const target = await guard.admit(new URL(server.origin), signal)
    const headers = { 'content-type': 'application/json', 'webhook-id': 'evt_1' }
    const body = Buffer.from('{"name":"Zoë"}')
    const response = await sendEgressRequest({ method: 'POST', target, headers, body, signal })
    try {
      expect(response.status).to.equal(302)
      expect(await text(response.body)).to.equal('moved')
    } finally {
      response.close()
    }
    expect(received).to.equal('{"name":"Zoë"}')
    expect(server.requests).to.have.length(1)
    expect(server.requests[0]?.headers).to.include({ ...headers, 'content-length': String(body.length) })
  })

  it('rejects when its deadline is over', async () => {
    const target = await guard.admit(new URL('/silent', server.origin), signal)
    const deadline = startDeadline({ timeoutMs: 30, expired: () => new Error('over') })
    try {
      const request = { method: 'GET', target, headers: {}, signal: deadline.signal } as const
      const outcome = await sendEgressRequest(request).catch((error: unknown) => error)
      expect(outcome).to.be.an('error')
      expect(deadline.signal.reason).to.have.property('message', 'over')
    } finally {
      deadline.release()
    }
  })
})
