import { expect } from 'chai'
import {
  allowsAddress,
  allowsName,
  NOTHING_ALLOWED,
  parseEgressAllow,
} from '../../lib/egress/egress-allow.ts'

describe('EGRESS_ALLOW', () => {
  const addresses: readonly (readonly [entry: string, address: string, port: number, allowed: boolean])[] = [
    ['127.0.0.1', '127.0.0.1', 80, true],
    ['127.0.0.1', '127.0.0.2', 80, false],
    ['127.0.0.1', '::ffff:127.0.0.1', 80, false],
    ['127.0.0.1:8080', '127.0.0.1', 8080, true],
    ['127.0.0.1:8080', '127.0.0.1', 80, false],
    ['10.0.0.0/8', '10.255.0.1', 443, true],
    ['10.0.0.0/8', '11.0.0.1', 443, false],
    ['10.1.2.3/8', '10.9.9.9', 443, true],
    ['10.0.0.0/8:9100', '10.0.0.1', 9100, true],
    ['10.0.0.0/8:9100', '10.0.0.1', 9101, false],
    ['0.0.0.0/0', '192.168.0.1', 80, true],
    ['0.0.0.0/0', '::1', 80, false],
    ['::1', '::1', 80, true],
    ['::1:8080', '::1', 8080, false],
    ['[::1]', '0:0:0:0:0:0:0:1', 80, true],
    ['[::1]:8080', '::1', 8080, true],
    ['[::1]:8080', '::1', 80, false],
    ['fd00::/8', 'fd12::1', 80, true],
    ['[fd00::]/8:8080', 'fd12::1', 8080, true],
    ['[fd00::]/8:8080', 'fd12::1', 8081, false],
    ['labels.lan', '10.0.0.1', 80, false],
  ]
  for (const [entry, address, port, allowed] of addresses) {
    it(`${entry} ${allowed ? 'allows' : 'does not allow'} ${address} on port ${port}`, () => {
      expect(allowsAddress(parseEgressAllow(entry), address, port)).to.equal(allowed)
    })
  }

  const names: readonly (readonly [entry: string, url: string, allowed: boolean])[] = [
    ['labels.lan', 'http://labels.lan/', true],
    ['Labels.LAN', 'http://labels.lan/', true],
    ['labels.lan', 'http://www.labels.lan/', false],
    ['labels.lan', 'http://labels.lan./', false],
    ['labels.lan:8080', 'http://labels.lan:8080/', true],
    ['labels.lan:8080', 'http://labels.lan/', false],
    ['label_server', 'http://label_server/', true],
    ['bücher.example', 'http://xn--bcher-kva.example/', true],
    ['localhost:443', 'https://localhost/', true],
    ['127.0.0.1', 'http://labels.lan/', false],
  ]
  for (const [entry, text, allowed] of names) {
    it(`${entry} ${allowed ? 'allows' : 'does not allow'} the name in ${text}`, () => {
      const url = new URL(text)
      const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
      expect(allowsName(parseEgressAllow(entry), url.hostname, port)).to.equal(allowed)
    })
  }

  it('allows nothing when it is empty, and skips empty entries', () => {
    expect(parseEgressAllow('')).to.deep.equal(NOTHING_ALLOWED)
    const allow = parseEgressAllow(' 127.0.0.1 ,, labels.lan:80, ')
    expect(allow.networks).to.have.length(1)
    expect(allow.names).to.deep.equal([{ name: 'labels.lan', port: 80 }])
  })

  it('names every mistake in one error', () => {
    const wrong = [
      '10.0.0.0/33',
      '::1/129',
      'host:0',
      'host:65536',
      'host:',
      '127.1',
      '0x7f000001',
      '*.lan',
      '-a',
    ]
    const alsoWrong = [
      'http://a',
      'http://foo/',
      'x/y',
      'x/',
      'x?y',
      'x#y',
      'u@x',
      'x\\y',
      'a b',
      '10.0.0.0/8/8',
      '10.0.0.0/',
      '[127.0.0.1]',
      '256.1.1.1',
      'fe80::1%eth0/64',
    ]
    const entries = [...wrong, ...alsoWrong]
    const message = messageOf(() => parseEgressAllow(['127.0.0.1', ...entries].join(',')))
    for (const entry of entries) expect(message).to.include(`"${entry}" `)
    expect(message.split('; ')).to.have.length(entries.length)
    expect(message).to.include('"http://foo/" is a URL')
  })
})

function messageOf(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    if (error instanceof Error) return error.message
  }
  return 'nothing was thrown'
}
