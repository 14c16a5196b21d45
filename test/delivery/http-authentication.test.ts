import { createHash } from 'node:crypto'
import { expect } from 'chai'
import { HttpAuthenticator } from '../../lib/delivery/http-authenticator.ts'
import { readChallenges } from '../../lib/delivery/http-challenge.ts'
import { IppDriver } from '../../lib/delivery/ipp-driver.ts'
import { GROUP } from '../../lib/delivery/ipp-tags.ts'
import { aContext, aDelivery } from '../helpers/deliveries.ts'
import {
  aJob,
  answering,
  aPrinterState,
  type FakeAnswers,
  type FakeRequest,
  startFakeIppPrinter,
} from '../helpers/fake-ipp-printer.ts'

/** RFC 7616, section 3.9.1. */
const MUFASA = { username: 'Mufasa', password: 'Circle of Life' }
const MUFASA_CNONCE = 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ'
const MUFASA_NONCE = '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v'
const MUFASA_CHALLENGE = (algorithm: string): string =>
  `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, nonce="${MUFASA_NONCE}", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`

describe('proving who is asking', () => {
  for (const [algorithm, response] of [
    ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
    ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
  ] as const) {
    it(`answers the example of RFC 7616 with ${algorithm}`, () => {
      const authenticator = new HttpAuthenticator(MUFASA, () => MUFASA_CNONCE)
      expect(authenticator.authorize('GET', '/dir/index.html')).to.equal(undefined)
      expect(authenticator.learn(MUFASA_CHALLENGE(algorithm), false)).to.equal(true)
      const header = authenticator.authorize('GET', '/dir/index.html') ?? ''
      const [answer] = readChallenges(header)
      expect(answer?.parameters.get('response')).to.equal(response)
      expect(Object.fromEntries(answer?.parameters ?? [])).to.include({
        username: 'Mufasa',
        uri: '/dir/index.html',
        algorithm,
        nc: '00000001',
        qop: 'auth',
        opaque: 'FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS',
      })
      expect(authenticator.authorize('GET', '/dir/index.html')).to.include('nc=00000002')
    })
  }

  it('answers the strongest that it is offered', () => {
    const authenticator = new HttpAuthenticator(MUFASA)
    authenticator.learn(
      `Basic realm="a", ${MUFASA_CHALLENGE('MD5')}, ${MUFASA_CHALLENGE('SHA-256')}, Negotiate`,
      false,
    )
    expect(authenticator.authorize('POST', '/')).to.match(/^Digest .*algorithm=SHA-256/)
  })

  it('falls back to Basic where the digest asks for what it can’t give', () => {
    const authenticator = new HttpAuthenticator(MUFASA)
    authenticator.learn('Digest realm="a", nonce="b", qop="auth-int", Basic realm="a"', false)
    expect(authenticator.authorize('POST', '/')).to.match(/^Basic /)
  })

  it('gives up on a wrong password, and goes on with a new nonce when the old one is stale', () => {
    const authenticator = new HttpAuthenticator(MUFASA)
    expect(authenticator.learn(MUFASA_CHALLENGE('MD5'), false)).to.equal(true)
    expect(authenticator.learn(MUFASA_CHALLENGE('MD5'), true)).to.equal(false)
    expect(authenticator.learn(`${MUFASA_CHALLENGE('MD5')}, stale=TRUE`, true)).to.equal(true)
  })

  it('has nothing to say without a password, or to a server that asks for something else', () => {
    expect(new HttpAuthenticator(undefined).learn('Basic realm="a"', false)).to.equal(false)
    for (const header of ['', 'Negotiate', 'Bearer realm="x"', '""""', ',,,,', 'Digest realm="unclosed']) {
      const authenticator = new HttpAuthenticator(MUFASA)
      expect(authenticator.learn(header, false), header).to.equal(false)
      expect(authenticator.authorize('POST', '/'), header).to.equal(undefined)
    }
  })

  it('reads a challenge with escapes and with a name beyond ASCII', () => {
    const authenticator = new HttpAuthenticator({ username: 'Jäsøn "J" Doe', password: 'x' })
    authenticator.learn('Digest realm="a \\"b\\" \\\\c",nonce=n, qop=auth, charset=UTF-8', false)
    const header = authenticator.authorize('POST', '/') ?? ''
    expect(header).to.include("username*=UTF-8''J%C3%A4s%C3%B8n%20%22J%22%20Doe")
    expect(header).to.include('realm="a \\"b\\" \\\\c"')
    authenticator.learn('Digest realm="a", nonce="n", qop="auth", algorithm=SHA-256, userhash=true', true)
    const name = createHash('sha256').update('Jäsøn "J" Doe:a').digest('hex')
    expect(authenticator.authorize('POST', '/')).to.include(`username="${name}", userhash=true`)
  })
})

describe('IPP driver and a printer that asks who is asking', () => {
  for (const algorithm of ['MD5', 'SHA-256', 'MD5-sess'] as const) {
    it(`prints by Digest with ${algorithm}, and never shows the password`, async () => {
      const guard = new DigestGuard(algorithm)
      const { outcome, detail } = await deliver({
        validateJob: guard.before(answering(0)),
        printJob: guard.before(answering(0, GROUP.job, aJob(5))),
        getJobAttributes: guard.before(answering(0, GROUP.job, aJob(9, 1))),
      })
      expect(outcome, detail).to.equal('confirmed')
      expect(guard.refusals, 'it is asked once').to.equal(1)
      expect(guard.seen.every((header) => header.startsWith('Digest '))).to.equal(true)
      expect(guard.seen.join()).not.to.match(/hunter2|aHVudGVyMg/)
    })
  }

  it('tells a wrong password from an unreachable printer', async () => {
    const guard = new DigestGuard('SHA-256')
    const result = await deliver({ validateJob: guard.before(answering(0)) }, 'not-hunter2')
    expect(result).to.include({ outcome: 'not_sent', next: 'retry', bytesWritten: 0 })
    expect(result.detail).to.include('refused the user name and password')
  })

  it('sends a document again only as a new attempt when the printer asks for the password in its face', async () => {
    const guard = new DigestGuard('SHA-256')
    const printer = await startFakeIppPrinter({
      getPrinterAttributes: answering(0, GROUP.printer, aPrinterState()),
      printJob: guard.before(answering(0, GROUP.job, aJob(5))),
    })
    const driver = driverFor(printer.uri)
    const first = await driver.deliver(aDelivery(), aContext())
    expect(first).to.include({ outcome: 'not_sent', next: 'retry' })
    expect(printer.asked.filter((name) => name === 'printJob')).to.have.length(1)
    expect(await driver.deliver(aDelivery(), aContext())).to.include({ outcome: 'confirmed' })
    await driver.close()
    await printer.close()
  })

  function driverFor(uri: string, password = 'hunter2'): IppDriver {
    return new IppDriver(
      { type: 'ipp', uri, username: 'packer', password },
      { limits: { pollFirstMs: 1, pollMaxMs: 5 } },
    )
  }

  async function deliver(answers: FakeAnswers, password?: string) {
    const printer = await startFakeIppPrinter(answers)
    const driver = driverFor(printer.uri, password)
    try {
      return await driver.deliver(aDelivery(), aContext())
    } finally {
      await driver.close()
      await printer.close()
    }
  }
})

/** A server's side of Digest, written from RFC 7616 without a look at ours: user `packer`, password `hunter2`. */
class DigestGuard {
  readonly seen: string[] = []
  refusals = 0
  readonly #counts = new Set<string>()
  readonly #algorithm: string

  constructor(algorithm: string) {
    this.#algorithm = algorithm
  }

  before(answer: (request: FakeRequest) => void | Promise<void>): typeof answer {
    return async (request) => {
      const header = request.http.headers.authorization
      if (header !== undefined) this.seen.push(header)
      if (header !== undefined && this.#isRight(header, request.http.url ?? '')) return answer(request)
      this.refusals += 1
      await request.readBody()
      const challenge = `Digest realm="print", nonce="abc", qop="auth", algorithm=${this.#algorithm}, opaque="o"`
      request.response.writeHead(401, { 'www-authenticate': challenge }).end()
    }
  }

  #isRight(header: string, url: string): boolean {
    const field = (name: string): string => new RegExp(`[ ,]${name}="?([^",]*)"?`).exec(header)?.[1] ?? ''
    const hash = (text: string): string =>
      createHash(this.#algorithm.startsWith('SHA') ? 'sha256' : 'md5')
        .update(text)
        .digest('hex')
    const isNew = !this.#counts.has(field('nc'))
    this.#counts.add(field('nc'))
    const user = hash('packer:print:hunter2')
    const a1 = this.#algorithm.endsWith('-sess') ? hash(`${user}:abc:${field('cnonce')}`) : user
    const a2 = hash(`POST:${url}`)
    const expected = hash(`${a1}:abc:${field('nc')}:${field('cnonce')}:auth:${a2}`)
    return isNew && field('response') === expected && field('uri') === url && field('opaque') === 'o'
  }
}
