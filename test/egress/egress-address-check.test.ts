import { expect } from 'chai'
import { NOTHING_ALLOWED, parseEgressAllow } from '../../lib/egress/egress-allow.ts'
import { createEgressGuard, type HostLookup } from '../../lib/egress/egress-guard.ts'
import { parseEgressUrl } from '../../lib/egress/egress-url.ts'
import { type LocalServer, localEgress, refusalOf, serve } from './local-server.ts'

const MAX_BYTES = 1000

/** A resolver that answers what it is told and counts the questions. */
function resolver(...addresses: string[]): { lookup: HostLookup; questions: string[] } {
  const questions: string[] = []
  return {
    questions,
    lookup: (hostName) => {
      questions.push(hostName)
      return Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })))
    },
  }
}

describe('the address check of a download', () => {
  let server: LocalServer
  before(async () => {
    server = await serve((request, response) => {
      if (request.url === '/again') response.writeHead(302, { location: '/' }).end()
      else response.end('reached')
    })
  })
  after(() => server.close())

  const refusedHosts = [
    '127.0.0.1',
    '127.0.0.1.',
    '127.1',
    '127.0.1',
    '2130706433',
    '0x7f000001',
    '0x7f.0x0.0x0.0x1',
    '0177.0.0.1',
    '017700000001',
    '127.0.0.0x1',
    '%31%32%37.0.0.1',
    '１２７.０.０.１',
    '127。0。0。1',
    '①②⑦.0.0.1',
    '0',
    '0.0.0.0',
    '127.255.255.254',
    '[::]',
    '[::1]',
    '[0:0:0:0:0:0:0:1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
    '[64:ff9b::127.0.0.1]',
    '[64:ff9b:1::7f00:1]',
    '[2002:7f00:1::]',
    '[2001:0:4136:e378:8000:63bf:80ff:fffe]',
    '[fe80::1]',
    '[fd00:ec2::254]',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.1.1',
    '100.64.0.1',
    '100.100.100.200',
    '169.254.169.254',
    '2852039166',
    '168.63.129.16',
    '224.0.0.1',
    '255.255.255.255',
  ]
  for (const host of refusedHosts) {
    it(`refuses ${host} without a lookup`, async () => {
      const { lookup, questions } = resolver('127.0.0.1')
      const egress = localEgress({ allow: NOTHING_ALLOWED, lookup })
      const url = `http://${host}:${server.port}/`
      const refusal = await refusalOf(egress.download({ url, maxBytes: MAX_BYTES }))
      expect(refusal.reason).to.equal('blocked')
      expect(questions).to.deep.equal([])
      expect(createEgressGuard({ allow: NOTHING_ALLOWED }).refusesLiteral(new URL(url))).to.equal(true)
    })
  }

  for (const url of [
    'http:\\\\127.0.0.1\\',
    'http:127.0.0.1',
    'http:/127.0.0.1',
    ' http://127.0.0.1',
    'ht\ntp://127.0.0.1',
  ]) {
    it(`refuses ${JSON.stringify(url)} as blocked`, async () => {
      const refusal = await refusalOf(
        localEgress({ allow: NOTHING_ALLOWED }).download({ url, maxBytes: MAX_BYTES }),
      )
      expect(refusal.reason).to.equal('blocked')
    })
  }

  const invalidUrls = [
    '',
    '/slip.pdf',
    'a.example/slip.pdf',
    '//a.example/',
    'http://',
    'http://[::1',
    'http://1.2.3.4.5/',
  ]
  const otherSchemes = [
    'file:///etc/passwd',
    'ftp://a.example/',
    'data:,x',
    'unix:/run/x',
    'javascript:1',
    'blob:http://a.example/',
  ]
  const userInfo = ['http://user@a.example/', 'http://user:secret@a.example/', 'http://:secret@a.example/']
  for (const url of [...invalidUrls, ...otherSchemes, ...userInfo, `http://a.example/${'a'.repeat(4096)}`]) {
    it(`refuses ${JSON.stringify(url.slice(0, 40))} as invalid`, async () => {
      const { lookup, questions } = resolver('127.0.0.1')
      const refusal = await refusalOf(localEgress({ lookup }).download({ url, maxBytes: MAX_BYTES }))
      expect(refusal.reason).to.equal('invalid')
      expect(refusal.message).not.to.include('secret')
      expect(questions).to.deep.equal([])
    })
  }

  it('takes a URL of 4,096 characters, however many bytes each has', async () => {
    const start = `${server.origin}/`
    const { bytes } = await localEgress().download({ url: start.padEnd(4096, 'a'), maxBytes: MAX_BYTES })
    expect(bytes.toString()).to.equal('reached')
    expect(parseEgressUrl(start + '😀'.repeat(4096 - start.length)).fault).to.equal(null)
    expect(parseEgressUrl(start + '😀'.repeat(4097 - start.length)).fault).to.equal('too_long')
  })

  for (const name of ['localhost', 'LOCALHOST.', 'rebind.test', 'unix']) {
    it(`refuses the name ${name} when it resolves to loopback, and says nothing of the address`, async () => {
      const { lookup } = resolver('127.0.0.1')
      const egress = localEgress({ allow: NOTHING_ALLOWED, lookup })
      const url = `http://${name}:${server.port}/path?query=secret`
      const refusal = await refusalOf(egress.download({ url, maxBytes: MAX_BYTES }))
      expect(refusal.reason).to.equal('blocked')
      expect(refusal.message).to.include(name.toLowerCase())
      expect(refusal.message).not.to.match(/127|path|secret/)
      expect(refusal.cause).to.equal(undefined)
    })
  }

  it('refuses an answer that mixes public and private addresses, in either order', async () => {
    for (const addresses of [
      ['8.8.8.8', '10.0.0.1'],
      ['10.0.0.1', '8.8.8.8'],
      ['2606:4700::1', '::ffff:10.0.0.1'],
    ]) {
      const { lookup } = resolver(...addresses)
      const refusal = await refusalOf(
        localEgress({ lookup }).download({ url: 'http://a.test/', maxBytes: MAX_BYTES }),
      )
      expect(refusal.reason).to.equal('blocked')
    }
  })

  it('looks a name up once per request and connects to that answer, the name staying in Host', async () => {
    const { lookup, questions } = resolver('127.0.0.1')
    const egress = localEgress({ allow: parseEgressAllow(`pinned.test:${server.port}`), lookup })
    const { bytes } = await egress.download({
      url: `http://pinned.test:${server.port}/`,
      maxBytes: MAX_BYTES,
    })
    expect(bytes.toString()).to.equal('reached')
    expect(questions).to.deep.equal(['pinned.test'])
    expect(server.requests.at(-1)?.headers.host).to.equal(`pinned.test:${server.port}`)
  })

  it('checks the answer of every hop anew: a name that moves to a private address is refused', async () => {
    const answers = ['127.0.0.1', '127.0.0.2']
    const lookup: HostLookup = () => Promise.resolve([{ address: answers.shift() ?? '', family: 4 }])
    const url = `http://moving.test:${server.port}/again`
    const requestsBefore = server.requests.length
    const refusal = await refusalOf(localEgress({ lookup }).download({ url, maxBytes: MAX_BYTES }))
    expect(refusal.reason).to.equal('blocked')
    expect(server.requests).to.have.length(requestsBefore + 1)
  })

  it('lets an allowed name through on its port alone, and not by its address', async () => {
    const { lookup } = resolver('127.0.0.1')
    const egress = localEgress({ allow: parseEgressAllow('pinned.test:1'), lookup })
    for (const host of ['pinned.test', '127.0.0.1']) {
      const url = `http://${host}:${server.port}/`
      expect((await refusalOf(egress.download({ url, maxBytes: MAX_BYTES }))).reason).to.equal('blocked')
    }
  })

  it('logs which addresses were refused, but neither path nor query', async () => {
    const entries: unknown[] = []
    const log = { info: (fields: unknown, message: string) => entries.push({ fields, message }) }
    const { lookup } = resolver('10.0.0.1')
    await refusalOf(
      localEgress({ lookup, log }).download({ url: 'http://a.test/secret?secret', maxBytes: MAX_BYTES }),
    )
    expect(entries).to.deep.equal([
      { fields: { host: 'a.test', addresses: ['10.0.0.1'] }, message: 'egress refused' },
    ])
  })

  it('takes a name without addresses as unreachable', async () => {
    const { lookup } = resolver()
    for (const egress of [localEgress({ lookup }), localEgress()]) {
      const refusal = await refusalOf(egress.download({ url: 'http://nowhere.test/', maxBytes: MAX_BYTES }))
      expect(refusal).to.include({ reason: 'unreachable', status: null })
      expect(refusal.message).to.include('nowhere.test')
    }
  })

  it('asks the system’s resolver by default', async () => {
    const egress = localEgress({ lookup: undefined, allow: parseEgressAllow('localhost') })
    const { bytes } = await egress.download({ url: `http://localhost:${server.port}/`, maxBytes: MAX_BYTES })
    expect(bytes.toString()).to.equal('reached')
  })

  it('refuses a header that may not be set before anything is sent', async () => {
    const { lookup, questions } = resolver('127.0.0.1')
    const request = {
      url: `http://a.test:${server.port}/`,
      maxBytes: MAX_BYTES,
      headers: { Host: 'secret.example' },
    }
    const refusal = await refusalOf(localEgress({ lookup }).download(request))
    expect(refusal.reason).to.equal('invalid')
    expect(refusal.message).to.include('Host').and.not.include('secret')
    expect(questions).to.deep.equal([])
  })
})
