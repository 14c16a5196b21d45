import { expect } from 'chai'
import fc from 'fast-check'

import { decodeMessage, IppDecodeError } from '../../lib/delivery/ipp-decoder.ts'
import { encodeMessage } from '../../lib/delivery/ipp-encoder.ts'
import {
  attribute,
  type IppAttribute,
  type IppGroup,
  type IppMessage,
  type IppValue,
} from '../../lib/delivery/ipp-message.ts'
import { GROUP } from '../../lib/delivery/ipp-tags.ts'

const PRINTER = 'ipp://printer.example.com/ipp/print/pinetree'

/** Octets as RFC 8010 prints them: hexadecimal in arrays, text as it is. */
function octets(...parts: readonly (string | readonly [string])[]): Buffer {
  return Buffer.concat(
    parts.map((part) =>
      typeof part === 'string' ? Buffer.from(part, 'utf8') : Buffer.from(part[0].replaceAll(' ', ''), 'hex'),
    ),
  )
}

const CHARSET_AND_LANGUAGE = [
  ['47 0012'],
  'attributes-charset',
  ['0005'],
  'utf-8',
  ['48 001b'],
  'attributes-natural-language',
  ['0005'],
  'en-us',
] as const

const charsetAndLanguage: IppAttribute[] = [
  attribute('attributes-charset', 'utf-8'),
  attribute('attributes-natural-language', 'en-us'),
]

function request(code: number, requestId: number, ...groups: IppGroup[]): IppMessage {
  return { version: [1, 1], code, requestId, groups }
}

function withValues(...values: IppValue[]): IppMessage {
  return request(0, 1, { tag: GROUP.printer, attributes: [{ name: 'a', values }] })
}

/** Every octet that isn't the frame of a message with the one attribute `a`. */
function valueOctets(...values: IppValue[]): string {
  return encodeMessage(withValues(...values))
    .subarray(9, -1)
    .toString('hex')
}

describe('IPP codec', () => {
  describe('against the examples of RFC 8010, appendix A', () => {
    it('writes and reads a Print-Job request octet by octet', () => {
      const message = request(
        0x0002,
        1,
        {
          tag: GROUP.operation,
          attributes: [
            ...charsetAndLanguage,
            attribute('printer-uri', PRINTER),
            attribute('job-name', 'foobar'),
            attribute('ipp-attribute-fidelity', true),
          ],
        },
        {
          tag: GROUP.job,
          attributes: [attribute('copies', 20), attribute('sides', 'two-sided-long-edge')],
        },
      )
      const expected = octets(
        ['0101 0002 00000001 01'],
        ...CHARSET_AND_LANGUAGE,
        ['45 000b'],
        'printer-uri',
        ['002c'],
        PRINTER,
        ['42 0008'],
        'job-name',
        ['0006'],
        'foobar',
        ['22 0016'],
        'ipp-attribute-fidelity',
        ['0001 01'],
        ['02'],
        ['21 0006'],
        'copies',
        ['0004 00000014'],
        ['44 0005'],
        'sides',
        ['0013'],
        'two-sided-long-edge',
        ['03'],
      )
      expect(encodeMessage(message).toString('hex')).to.equal(expected.toString('hex'))
      expect(decodeMessage(Buffer.concat([expected, Buffer.from('%!PDF')]))).to.deep.equal(message)
    })

    it('reads a Print-Job response that refuses a number and an attribute', () => {
      const response = octets(
        ['0101 040b 00000001 01'],
        ...CHARSET_AND_LANGUAGE,
        ['41 000e'],
        'status-message',
        ['002f'],
        'client-error-attributes-or-values-not-supported',
        ['05'],
        ['21 0006'],
        'copies',
        ['0004 00000014'],
        ['10 0005'],
        'sides',
        ['0000'],
        ['03'],
      )
      const { code, groups } = decodeMessage(response)
      expect(code).to.equal(0x040b)
      expect(groups.map(({ tag }) => tag)).to.deep.equal([GROUP.operation, GROUP.unsupported])
      expect(groups[1]?.attributes).to.deep.equal([
        { name: 'copies', values: [{ tag: 'integer', value: 20 }] },
        { name: 'sides', values: [{ tag: 'unsupported', value: null }] },
      ])
    })

    it('writes and reads a collection inside of a collection', () => {
      const message = request(
        0x0005,
        1,
        { tag: GROUP.operation, attributes: [...charsetAndLanguage, attribute('printer-uri', PRINTER)] },
        {
          tag: GROUP.job,
          attributes: [
            attribute('media-col', [
              attribute('media-size', [attribute('x-dimension', 21_000), attribute('y-dimension', 29_700)]),
              attribute('media-type', 'stationery'),
            ]),
          ],
        },
      )
      const expected = octets(
        ['0101 0005 00000001 01'],
        ...CHARSET_AND_LANGUAGE,
        ['45 000b'],
        'printer-uri',
        ['002c'],
        PRINTER,
        ['02'],
        ['34 0009'],
        'media-col',
        ['0000'],
        ['4a 0000 000a'],
        'media-size',
        ['34 0000 0000'],
        ['4a 0000 000b'],
        'x-dimension',
        ['21 0000 0004 00005208'],
        ['4a 0000 000b'],
        'y-dimension',
        ['21 0000 0004 00007404'],
        ['37 0000 0000'],
        ['4a 0000 000a'],
        'media-type',
        ['44 0000 000a'],
        'stationery',
        ['37 0000 0000'],
        ['03'],
      )
      expect(encodeMessage(message).toString('hex')).to.equal(expected.toString('hex'))
      expect(decodeMessage(expected)).to.deep.equal(message)
    })

    it('writes the further values of a set with an empty name', () => {
      const message = request(0x000a, 0x7b, {
        tag: GROUP.operation,
        attributes: [
          ...charsetAndLanguage,
          attribute('printer-uri', PRINTER),
          attribute('limit', 50),
          attribute('requested-attributes', 'job-id', 'job-name', 'document-format'),
        ],
      })
      const expected = octets(
        ['0101 000a 0000007b 01'],
        ...CHARSET_AND_LANGUAGE,
        ['45 000b'],
        'printer-uri',
        ['002c'],
        PRINTER,
        ['21 0005'],
        'limit',
        ['0004 00000032'],
        ['44 0014'],
        'requested-attributes',
        ['0006'],
        'job-id',
        ['44 0000 0008'],
        'job-name',
        ['44 0000 000f'],
        'document-format',
        ['03'],
      )
      expect(encodeMessage(message).toString('hex')).to.equal(expected.toString('hex'))
    })
  })

  describe('values', () => {
    it('writes ranges, resolutions, enums and dates as RFC 8010, section 3.9, has them', () => {
      const rows: [IppValue, string][] = [
        [{ tag: 'rangeOfInteger', value: { lower: 1, upper: 999 } }, '33 0001 61 0008 00000001 000003e7'],
        [
          { tag: 'resolution', value: { crossFeed: 203, feed: 300, units: 'dpi' } },
          '32 0001 61 0009 000000cb 0000012c 03',
        ],
        [{ tag: 'enum', value: 4 }, '23 0001 61 0004 00000004'],
        [{ tag: 'integer', value: -1 }, '21 0001 61 0004 ffffffff'],
        [
          {
            tag: 'dateTime',
            value: { instant: new Date('2026-11-25T18:30:15.700Z'), utcOffsetMinutes: -330 },
          },
          '31 0001 61 000b 07ea 0b 19 0d 00 0f 07 2d 05 1e',
        ],
        [
          { tag: 'nameWithLanguage', value: { language: 'de', text: 'Öl' } },
          '36 0001 61 0009 0002 6465 0003 c3966c',
        ],
        [{ tag: 'no-value', value: null }, '13 0001 61 0000'],
      ]
      for (const [value, hex] of rows) {
        expect(valueOctets(value), value.tag).to.equal(hex.replaceAll(' ', ''))
        expect(decodeMessage(encodeMessage(withValues(value)))).to.deep.equal(withValues(value))
      }
    })

    it('sends media as a keyword and a job name as a name', () => {
      expect(attribute('media', 'oe_2.25x1.25-label_2.25x1.25in').values[0]?.tag).to.equal('keyword')
      expect(attribute('job-name', 'letter').values[0]?.tag).to.equal('nameWithoutLanguage')
    })

    it('keeps a date of zeros as octets instead of refusing the message', () => {
      const never = Buffer.alloc(11)
      const message = withValues({ tag: 'other', value: { code: 0x31, bytes: never } })
      expect(decodeMessage(encodeMessage(message))).to.deep.equal(message)
    })

    it('keeps two groups of one kind apart', () => {
      const job = (id: number): IppGroup => ({ tag: GROUP.job, attributes: [attribute('job-id', id)] })
      const message = request(0, 1, job(1), job(2), { tag: 0x0f, attributes: [] })
      expect(decodeMessage(encodeMessage(message))).to.deep.equal(message)
    })

    it('refuses to write what has no octets: fractions, 33-bit integers, empty sets, long values', () => {
      const text = 'x'.repeat(0x8000)
      expect(() => valueOctets({ tag: 'integer', value: 1.5 })).to.throw(RangeError)
      expect(() => valueOctets({ tag: 'integer', value: 2 ** 31 })).to.throw(RangeError)
      expect(() => valueOctets()).to.throw(RangeError)
      expect(() => valueOctets({ tag: 'keyword', value: text })).to.throw(RangeError)
    })

    it('reads back every message that it wrote', () => {
      fc.assert(
        fc.property(aMessage, (message) => {
          expect(decodeMessage(encodeMessage(message))).to.deep.equal(message)
        }),
        { numRuns: 300 },
      )
    })
  })

  describe('hostile octets', () => {
    const whole = encodeMessage(
      request(
        0,
        1,
        { tag: GROUP.operation, attributes: charsetAndLanguage },
        {
          tag: GROUP.printer,
          attributes: [
            attribute('media-col', [attribute('media-size', [attribute('x-dimension', 10_160)])]),
            { name: 'a', values: [{ tag: 'textWithLanguage', value: { language: 'en', text: 'b' } }] },
          ],
        },
      ),
    )

    it('refuses a message cut anywhere', () => {
      for (let length = 0; length < whole.length; length += 1) {
        expect(() => decodeMessage(whole.subarray(0, length)), `${length} octets`).to.throw(IppDecodeError)
      }
    })

    it('throws nothing but IppDecodeError, whatever octet is changed', () => {
      fc.assert(
        fc.property(fc.nat(whole.length - 1), fc.nat(255), (offset, octet) => {
          const changed = Buffer.from(whole)
          changed[offset] = octet
          decodeOrRefuse(changed)
        }),
        { numRuns: 2000 },
      )
    })

    it('throws nothing but IppDecodeError for random octets', () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 400 }), (tail) => {
          decodeOrRefuse(Buffer.from(tail))
          decodeOrRefuse(Buffer.concat([whole.subarray(0, 9), tail]))
        }),
        { numRuns: 2000 },
      )
    })

    it('refuses more than 8 collections inside of one another', () => {
      expect(() => decodeMessage(encodeMessage(withValues(nested(8))))).not.to.throw()
      expect(() => decodeMessage(encodeMessage(withValues(nested(9))))).to.throw(IppDecodeError, 'nested')
    })

    it('refuses more than 10,000 attributes and more than 1 MiB', () => {
      const many = (count: number): Buffer => {
        const attributes = Array.from({ length: count }, () => attribute('copies', 1))
        return encodeMessage(request(0, 1, { tag: GROUP.job, attributes }))
      }
      expect(() => decodeMessage(many(10_000))).not.to.throw()
      expect(() => decodeMessage(many(10_001))).to.throw(IppDecodeError, '10000')
      expect(() => decodeMessage(Buffer.alloc(1024 * 1024 + 1))).to.throw(IppDecodeError, 'octets')
    })
  })
})

function decodeOrRefuse(bytes: Buffer): void {
  try {
    decodeMessage(bytes)
  } catch (error) {
    expect(error).to.be.instanceOf(IppDecodeError)
  }
}

function nested(depth: number): IppValue {
  const inner: IppValue = depth === 1 ? { tag: 'integer', value: 1 } : nested(depth - 1)
  return { tag: 'collection', value: [{ name: 'm', values: [inner] }] }
}

const text = fc.string({ maxLength: 20, unit: 'grapheme' })
const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
const someOctets = fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes))

const simpleValue: fc.Arbitrary<IppValue> = fc.oneof(
  fc.constantFrom<IppValue>({ tag: 'unknown', value: null }, { tag: 'default', value: null }),
  fc.record({ tag: fc.constantFrom('integer' as const, 'enum' as const), value: int32 }),
  fc.record({ tag: fc.constant('boolean' as const), value: fc.boolean() }),
  fc.record({
    tag: fc.constantFrom('keyword' as const, 'uri' as const, 'mimeMediaType' as const),
    value: text,
  }),
  fc.record({
    tag: fc.constant('textWithLanguage' as const),
    value: fc.record({ language: text, text }),
  }),
  fc.record({ tag: fc.constant('octetString' as const), value: someOctets }),
  fc.record({
    tag: fc.constant('rangeOfInteger' as const),
    value: fc.record({ lower: int32, upper: int32 }),
  }),
  fc.record({
    tag: fc.constant('resolution' as const),
    value: fc.record({
      crossFeed: int32,
      feed: int32,
      units: fc.constantFrom('dpi' as const, 'dpcm' as const),
    }),
  }),
  fc.record({
    tag: fc.constant('dateTime' as const),
    value: fc.record({
      instant: fc
        .integer({ min: Date.UTC(1, 0, 3) / 100, max: Date.UTC(9999, 0) / 100 })
        .map((tenths) => new Date(tenths * 100)),
      utcOffsetMinutes: fc.integer({ min: -840, max: 840 }),
    }),
  }),
  fc.record({
    tag: fc.constant('other' as const),
    value: fc.record({ code: fc.integer({ min: 0x50, max: 0x7f }), bytes: someOctets }),
  }),
)

const { value: aValue } = fc.letrec<{ value: IppValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', maxDepth: 6 },
    simpleValue,
    fc.record({
      tag: fc.constant('collection' as const),
      value: fc.array(
        fc.record({ name: text, values: fc.array(tie('value'), { minLength: 1, maxLength: 3 }) }),
        { maxLength: 3 },
      ),
    }),
  ),
}))

const aMessage: fc.Arbitrary<IppMessage> = fc.record({
  version: fc.constant([2, 0] as const),
  code: fc.integer({ min: 0, max: 0xffff }),
  requestId: int32,
  groups: fc.array(
    fc.record({
      tag: fc.constantFrom(...Object.values(GROUP)),
      attributes: fc.array(
        fc.record({
          name: text.filter((name) => name !== ''),
          values: fc.array(aValue, { minLength: 1, maxLength: 3 }),
        }),
        { maxLength: 4 },
      ),
    }),
    { maxLength: 3 },
  ),
})
