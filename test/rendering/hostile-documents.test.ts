import { deflateSync } from 'node:zlib'
import { expect } from 'chai'
import { pino } from 'pino'
import type { PageSettings } from '../../lib/rendering/page-plan.ts'
import { type Rendering, UnreadableError } from '../../lib/rendering/rendering.ts'
import { createRendering } from '../../lib/rendering/rendering-pool.ts'
import { someBytes } from '../helpers/deliveries.ts'
import { makeLabelPdf, makePdf, makeRawPdf } from '../helpers/documents.ts'

const STOCK = { widthPt: 288, heightPt: 432 }
const SETTINGS: PageSettings = {
  pagesToPrint: null,
  reverseOrder: true,
  copies: 2,
  isDoubleSided: true,
  paper: STOCK,
  paperKind: 'asked',
  isLabelStock: true,
  orientation: 'landscape',
  scaling: null,
}

function stream(dictionary: string, bytes: Buffer): string {
  return `<<${dictionary}/Length ${bytes.length}>>stream\n${bytes.toString('latin1')}\nendstream`
}

/** One page that writes in a font of these bytes. */
function withFont(font: Buffer): Buffer {
  return makeRawPdf([
    '<</Type/Catalog/Pages 2 0 R>>',
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 288 432]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>',
    stream('', Buffer.from('BT /F 24 Tf 20 200 Td (ABCabc) Tj ET')),
    '<</Type/Font/Subtype/TrueType/BaseFont/X/FirstChar 32/LastChar 126/FontDescriptor 6 0 R/Encoding/WinAnsiEncoding>>',
    '<</Type/FontDescriptor/FontName/X/Flags 32/FontBBox[0 0 1000 1000]/ItalicAngle 0/Ascent 800/Descent 0/CapHeight 700/StemV 80/FontFile2 7 0 R>>',
    stream(`/Length1 ${font.length}`, font),
  ])
}

/** The head of a TrueType font whose tables lie anywhere. */
function brokenFont(seed: number): Buffer {
  const font = someBytes(4096 + seed)
  font.writeUInt32BE(0x00010000, 0)
  font.writeUInt16BE(9, 4)
  for (const [at, name] of [
    'cmap',
    'glyf',
    'head',
    'hhea',
    'hmtx',
    'loca',
    'maxp',
    'name',
    'post',
  ].entries()) {
    font.write(name, 12 + at * 16, 'latin1')
    font.writeUInt32BE((seed * 977 * (at + 1)) % 4096, 20 + at * 16)
    font.writeUInt32BE((seed * 7919 * (at + 3)) % 65_536, 24 + at * 16)
  }
  return font
}

const CATALOG = '<</Type/Catalog/Pages 2 0 R>>'
const HOSTILE: readonly (readonly [what: string, pdf: () => Buffer])[] = [
  [
    'tree of pages leads back to its root',
    () => makeRawPdf([CATALOG, '<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>']),
  ],
  ['page count is a lie', () => makeRawPdf([CATALOG, '<</Type/Pages/Kids[]/Count 1000>>'])],
  [
    'content is a bomb of 256 MB',
    () => {
      const bomb = deflateSync(Buffer.alloc(64 * 1024 * 1024, '0 0 10 10 re f\n'))
      const page = '<</Type/Page/Parent 2 0 R/MediaBox[0 0 288 432]/Contents[4 0 R 4 0 R 4 0 R 4 0 R]>>'
      return makeRawPdf([
        CATALOG,
        '<</Type/Pages/Kids[3 0 R]/Count 1>>',
        page,
        stream('/Filter/FlateDecode', bomb),
      ])
    },
  ],
  [
    'form draws itself',
    () =>
      makeRawPdf([
        CATALOG,
        '<</Type/Pages/Kids[3 0 R]/Count 1>>',
        '<</Type/Page/Parent 2 0 R/MediaBox[0 0 288 432]/Contents 4 0 R/Resources<</XObject<</F 5 0 R>>>>>>',
        stream('', Buffer.from('/F Do')),
        stream(
          '/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F 5 0 R>>>>',
          Buffer.from('/F Do'),
        ),
      ]),
  ],
  [
    'page is larger than anything',
    () =>
      makeRawPdf([
        CATALOG,
        '<</Type/Pages/Kids[3 0 R]/Count 1>>',
        '<</Type/Page/Parent 2 0 R/MediaBox[0 0 1e30 1e30]/UserUnit 1e30>>',
      ]),
  ],
  [
    'boxes are no numbers',
    () =>
      makeRawPdf([
        CATALOG,
        '<</Type/Pages/Kids[3 0 R]/Count 1>>',
        '<</Type/Page/Parent 2 0 R/MediaBox[/a (b) null 0]/CropBox[9 9 9 9]>>',
      ]),
  ],
]

describe('a document that is meant to break its reader', function () {
  // Each of three readings may take all the time that it has.
  this.timeout(120_000)
  let rendering: Rendering
  let label: Buffer

  before(async () => {
    rendering = createRendering({ log: pino({ level: 'silent' }), timeoutMs: 8_000 })
    label = await makeLabelPdf()
  })
  after(() => rendering.close())

  const zpl = (bytes: Uint8Array) =>
    rendering.print({
      bytes,
      settings: SETTINGS,
      imagePage: STOCK,
      dpi: 203,
      language: { kind: 'zpl', graphics: 'z64', copies: 1 },
    })

  /** Made, or refused as the document's own fault; nothing else. */
  async function survives(work: Promise<unknown>): Promise<void> {
    const error = await work.then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    if (error !== undefined) expect(error).to.be.instanceOf(UnreadableError)
  }

  for (const [what, pdf] of HOSTILE) {
    it(`costs its own job alone when its ${what}`, async () => {
      const bytes = pdf()
      await survives(zpl(bytes))
      await survives(rendering.arrange({ bytes, settings: SETTINGS, imagePage: STOCK }))
      await survives(rendering.examine({ bytes, settings: SETTINGS, imagePage: STOCK, dpi: 203 }))
      expect((await zpl(label)).pageCount).to.equal(2 * 2 - 1)
    })
  }

  it('costs its own job alone whatever its font is made of', async () => {
    for (let seed = 1; seed <= 25; seed += 1) await survives(zpl(withFont(brokenFont(seed))))
    expect((await zpl(label)).bytes.length).to.be.greaterThan(1000)
  })

  it('costs its own job alone wherever a byte of it is another', async () => {
    const pdf = await makePdf({ pages: 2 })
    for (let at = 20; at < pdf.length; at += Math.ceil(pdf.length / 40)) {
      const broken = Buffer.from(pdf)
      broken[at] = (broken[at] ?? 0) ^ 0x55
      await survives(rendering.arrange({ bytes: broken, settings: SETTINGS, imagePage: STOCK }))
    }
    expect((await zpl(label)).bytes.length).to.be.greaterThan(1000)
  })
})
