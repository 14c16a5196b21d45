import { expect } from 'chai'
import fc from 'fast-check'
import ipaddr from 'ipaddr.js'
import { isPublicAddress } from '../../lib/egress/address-policy.ts'

/** By hand from IANA's IPv4 and IPv6 Special-Purpose Address Registries, the multicast blocks and the clouds' manuals. */
const REFUSED_RANGES: readonly string[] = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '168.63.129.16/32',
  '::/8',
  '::ffff:0.0.0.0/96',
  '::ffff:0:0:0/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '100:0:0:1::/64',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
  '4000::/3',
  '5f00::/16',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
]

/** Public blocks of the registries of APNIC, ARIN and RIPE without a special purpose. */
const PUBLIC_RANGES: readonly string[] = [
  '1.1.1.0/24',
  '8.8.8.0/24',
  '93.184.216.0/24',
  '100.128.0.0/16',
  '172.32.0.0/16',
  '193.0.0.0/16',
  '223.255.0.0/16',
  '2001:4860::/32',
  '2606:4700::/32',
  '2a00:1450::/32',
]

const EMBEDDINGS: Readonly<Record<string, (a: string, hex: string) => string>> = {
  'IPv4-mapped': (a) => `::ffff:${a}`,
  'IPv4-compatible': (a) => `::${a}`,
  'IPv4-translated': (a) => `::ffff:0:${a}`,
  NAT64: (a) => `64:ff9b::${a}`,
  'local NAT64': (a) => `64:ff9b:1::${a}`,
  '6to4': (_a, hex) => `2002:${hex}::1`,
  Teredo: (_a, hex) => `2001:0:4136:e378:8000:63bf:${hex}`,
  ISATAP: (a) => `2001:4860::5efe:${a}`,
}

function hexOf(address: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = ipaddr.IPv4.parse(address).octets
  return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
}

/** Addresses of a range, its first and its last among them. */
function addressesIn(cidr: string): fc.Arbitrary<string> {
  const [network, prefixBits] = ipaddr.parseCIDR(cidr)
  const bytes = network.toByteArray()
  const fill = (noise: readonly number[]): string =>
    ipaddr
      .fromByteArray(
        bytes.map((byte, index) => {
          const hostMask = 0xff >> Math.min(8, Math.max(0, prefixBits - index * 8))
          return (byte & ~hostMask) | ((noise[index] ?? 0) & hostMask)
        }),
      )
      .toString()
  const byteValues = fc.integer({ min: 0, max: 255 })
  const noise = fc.array(byteValues, { minLength: bytes.length, maxLength: bytes.length })
  return fc.oneof(noise, fc.constant(bytes.map(() => 0)), fc.constant(bytes.map(() => 255))).map(fill)
}

describe('addresses that egress may reach', () => {
  const expectAll = (range: string, isPublic: boolean): void => {
    fc.assert(
      fc.property(addressesIn(range), (address) => {
        expect(isPublicAddress(address), address).to.equal(isPublic)
      }),
    )
  }

  for (const range of REFUSED_RANGES) {
    it(`refuses all of ${range}`, () => expectAll(range, false))
  }

  for (const range of PUBLIC_RANGES) {
    it(`lets all of ${range} through`, () => expectAll(range, true))
  }

  for (const [form, embed] of Object.entries(EMBEDDINGS)) {
    it(`refuses IPv4 in the ${form} form, private and public alike`, () => {
      for (const address of ['127.0.0.1', '10.0.0.1', '169.254.169.254', '8.8.8.8']) {
        expect(isPublicAddress(embed(address, hexOf(address))), address).to.equal(false)
      }
    })
  }

  it('refuses the metadata services of the clouds', () => {
    const services = ['169.254.169.254', '169.254.170.2', 'fd00:ec2::254', '168.63.129.16', '100.100.100.200']
    for (const address of [...services, '192.0.0.192', 'fd20:ce::254']) {
      expect(isPublicAddress(address), address).to.equal(false)
    }
  })

  it('refuses the neighbours of no range: 168.63.129.15 and .17 are public', () => {
    expect(isPublicAddress('168.63.129.15')).to.equal(true)
    expect(isPublicAddress('168.63.129.17')).to.equal(true)
  })

  it('refuses what is not an address as sockets read it', () => {
    for (const text of [
      '',
      'example.com',
      '8.8.8',
      '134744072',
      '0x8.8.8.8',
      '[2606:4700::1]',
      '2606:4700::1%eth0',
    ]) {
      expect(isPublicAddress(text), text).to.equal(false)
    }
  })
})
