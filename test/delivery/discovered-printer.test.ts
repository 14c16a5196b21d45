import { expect } from 'chai'
import { type ServiceAnswer, toDiscoveredPrinter } from '../../lib/delivery/discovered-printer.ts'

/** What ippeveprinter makes known through Avahi. */
const LASER: ServiceAnswer = {
  type: 'ipp',
  fullName: 'Hall laser._ipp._tcp.local',
  host: 'example.local',
  port: 8651,
  addresses: ['fe80::1', '2001:db8::8', '192.0.2.8', '192.0.2.8'],
  sender: '192.0.2.1',
  txt: {
    rp: 'ipp/print',
    ty: 'Example Printer',
    note: 'Hall 2',
    pdl: 'application/pdf, Image/JPEG,rubbish,',
    Color: 'T',
    Duplex: 'F',
    UUID: 'f2bf57e3-28d8-3568-631a-337af6f39407',
  },
}

describe('a printer that describes itself by DNS-SD', () => {
  const seen = (change: Partial<ServiceAnswer> = {}) => toDiscoveredPrinter({ ...LASER, ...change })
  const connectionOf = (change: Partial<ServiceAnswer>) => seen(change)?.connection

  it('is what its TXT record says, by addresses that need no resolver', () => {
    expect(seen()).to.deep.equal({
      name: 'Hall laser',
      model: 'Example Printer',
      place: 'Hall 2',
      uuid: 'f2bf57e3-28d8-3568-631a-337af6f39407',
      host: 'example.local',
      port: 8651,
      addresses: ['192.0.2.8', '2001:db8::8'],
      formats: ['application/pdf', 'image/jpeg'],
      hasColor: true,
      hasDuplex: false,
      connection: { type: 'ipp', uri: 'ipp://192.0.2.8:8651/ipp/print' },
    })
  })

  it('has a connection by its service', () => {
    expect(connectionOf({ type: 'ipps', txt: { RP: '/printers/a b' } })).to.deep.equal({
      type: 'ipp',
      uri: 'ipps://192.0.2.8:8651/printers/a%20b',
    })
    expect(connectionOf({ addresses: ['2001:db8::8'], txt: {} })).to.deep.equal({
      type: 'ipp',
      uri: 'ipp://[2001:db8::8]:8651/ipp/print',
    })
    expect(connectionOf({ addresses: [], txt: {} })).to.deep.equal({
      type: 'ipp',
      uri: 'ipp://192.0.2.1:8651/ipp/print',
    })
  })

  for (const [txt, name, language] of [
    [{ pdl: 'application/vnd.zebra-zpl' }, 'Dock', 'zpl'],
    [{ ty: 'Zebra Technologies ZTC ZD421-203dpi ZPL' }, 'Dock', 'zpl'],
    [{ product: '(ZTC GK420d)' }, 'Dock', 'zpl'],
    [{ pdl: 'application/vnd.epson-escpos' }, 'Till', 'escpos'],
    [{}, 'EPSON TM-T88VI', 'escpos'],
    [{ pdl: 'application/postscript,application/pdf' }, 'Office', 'pdf'],
    [{ pdl: 'application/vnd.hp-PCL' }, 'Office', 'raw'],
    [{}, 'Tom-Tom', 'raw'],
  ] as const) {
    it(`speaks ${language} behind a raw port when it is ${name} ${JSON.stringify(txt)}`, () => {
      const fullName = `${name}._pdl-datastream._tcp.local`
      expect(connectionOf({ type: 'pdl-datastream', port: 9100, fullName, txt })).to.deep.equal({
        type: 'socket',
        host: '192.0.2.8',
        port: 9100,
        language,
      })
    })
  }

  it('is none without a port or an address', () => {
    for (const port of [0, -1, 65_536, Number.NaN, 1.5]) expect(seen({ port })).to.equal(undefined)
    expect(seen({ addresses: ['fe80::1', '127.0.0.1', 'x'], sender: 'undefined' })).to.equal(undefined)
  })

  it('is not believed: no long texts, no signs that aren’t shown, no keys that mean something to JavaScript', () => {
    const printer = seen({
      fullName: `${'n'.repeat(5_000)}\u0000._ipp._tcp.local`,
      host: 'h'.repeat(5_000),
      addresses: Array.from({ length: 99 }, (_, index) => `192.0.2.${index}`),
      txt: {
        ty: '\u001b[31mred\u0000',
        note: ['not', 'text'],
        TY: 'second',
        pdl: 'a/b,'.repeat(999),
        __proto__: { rp: 'x' },
        rp: '../..//@evil/ "<',
      },
    })
    expect(printer?.name).to.have.length(191)
    expect(printer?.host).to.have.length(191)
    expect(printer?.addresses).to.have.length(8)
    expect(printer?.formats).to.have.length.at.most(50)
    expect(printer).to.include({ model: '[31mred', place: null })
    expect(printer?.connection).to.deep.equal({
      type: 'ipp',
      uri: 'ipp://192.0.2.0:8651/../..//@evil/%20%22%3C',
    })
  })
})
