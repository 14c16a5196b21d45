import { expect } from 'chai'
import { type IppMedia, mediaCollection, mediaKeyword, readMedia } from '../../lib/delivery/ipp-media.ts'
import { attribute, type IppAttribute, type IppGroup } from '../../lib/delivery/ipp-message.ts'
import { GROUP } from '../../lib/delivery/ipp-tags.ts'

const LABEL = { widthMm: 101.6, heightMm: 152.4 }

function media(supported: readonly string[], ready: readonly string[] = [], takesSizes = true): IppMedia {
  return { supported, ready, takesSizes }
}

function asked(widthMm: number, heightMm: number) {
  return { widthMm, heightMm, isAsked: true }
}

function size(x: number, y: number): IppAttribute {
  return attribute('media-size', [attribute('x-dimension', x), attribute('y-dimension', y)])
}

/** The group of an answer that lists these sizes, as `media-col-database` has them. */
function database(...sizes: readonly (readonly [number, number])[]): IppGroup {
  const entries = sizes.map(([x, y]) => ({ tag: 'collection', value: [size(x, y)] }) as const)
  return { tag: GROUP.printer, attributes: [{ name: 'media-col-database', values: entries }] }
}

describe('the media of a job', () => {
  for (const [what, names, paper, expected] of [
    ['by inches', ['na_letter_8.5x11in', 'na_index-4x6_4x6in'], LABEL, 'na_index-4x6_4x6in'],
    ['by millimetres', ['iso_a4_210x297mm'], { widthMm: 210, heightMm: 297 }, 'iso_a4_210x297mm'],
    ['either way up', ['oe_6x4-label_6x4in'], LABEL, 'oe_6x4-label_6x4in'],
    ['a vendor’s own name', ['vendor_4-by-6_101.8x152.1mm'], LABEL, 'vendor_4-by-6_101.8x152.1mm'],
    ['0.5 mm away', ['om_x_102.1x152.4mm'], LABEL, 'om_x_102.1x152.4mm'],
    ['more than 0.5 mm away', ['om_x_102.2x152.4mm'], LABEL, undefined],
    ['not a name without dimensions', ['na-letter', 'labels', 'a_b_0x', ''], LABEL, undefined],
    ['not the end of a range', ['custom_max_4x6in', 'custom_min_4x6in'], LABEL, undefined],
  ] as const) {
    it(`is the printer’s own keyword for the dimensions: ${what}`, () => {
      expect(mediaKeyword(media(names), paper)).to.equal(expected)
    })
  }

  it('is what is loaded, before what the printer could be loaded with', () => {
    const both = media(['oe_4x6-photo_4x6in', 'na_index-4x6_4x6in'], ['na_index-4x6_4x6in'])
    expect(mediaKeyword(both, LABEL)).to.equal('na_index-4x6_4x6in')
  })

  it('is a size, as the printer lists it, where it has no name for it', () => {
    const listed = mediaCollection(media([]), database([21000, 29700], [15240, 10160]), asked(101.6, 152.4))
    expect(listed).to.deep.equal(attribute('media-col', [size(15240, 10160)]))
  })

  it('is a size within the range of custom ones', () => {
    const range = media(['custom_min_1x1in', 'custom_max_8.5x14in'])
    const unasked = { widthMm: 57.15, heightMm: 31.75, isAsked: false }
    expect(mediaCollection(range, undefined, unasked)).to.deep.equal(
      attribute('media-col', [size(5715, 3175)]),
    )
    expect(mediaCollection(range, undefined, { ...unasked, widthMm: 297 })).to.equal(undefined)
  })

  it('is a size within a range that it lists in numbers', () => {
    const range = (lower: number, upper: number) =>
      ({ tag: 'rangeOfInteger', value: { lower, upper } }) as const
    const dimensions = [
      { name: 'x-dimension', values: [range(2540, 10800)] },
      { name: 'y-dimension', values: [range(1270, 99100)] },
    ]
    const listed: IppGroup = {
      tag: GROUP.printer,
      attributes: [{ name: 'media-size-supported', values: [{ tag: 'collection', value: dimensions }] }],
    }
    const label = { widthMm: 57.15, heightMm: 31.75, isAsked: false }
    expect(mediaCollection(media([]), listed, label)).to.deep.equal(
      attribute('media-col', [size(5715, 3175)]),
    )
    expect(mediaCollection(media([]), listed, { ...label, widthMm: 108.1 })).to.equal(undefined)
  })

  it('is left to the printer’s judgement when somebody asked for a size that it doesn’t list', () => {
    const a0 = asked(841, 1189)
    expect(mediaCollection(media([]), undefined, a0)).to.deep.equal(
      attribute('media-col', [size(84100, 118900)]),
    )
    expect(mediaCollection(media([], [], false), undefined, a0)).to.equal(undefined)
    expect(mediaCollection(media([]), undefined, { ...a0, isAsked: false })).to.equal(undefined)
  })

  it('is read from an answer that holds nonsense', () => {
    const nonsense: IppGroup = {
      tag: GROUP.printer,
      attributes: [
        { name: 'media-supported', values: [{ tag: 'no-value', value: null }] },
        { name: 'media-ready', values: [{ tag: 'integer', value: 7 }] },
      ],
    }
    expect(readMedia(nonsense)).to.deep.equal({ supported: [], ready: [], takesSizes: false })
    expect(readMedia(undefined)).to.deep.equal({ supported: [], ready: [], takesSizes: false })
  })
})
