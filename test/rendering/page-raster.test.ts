import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import fc from 'fast-check'
import { pino } from 'pino'
import sharp from 'sharp'
import type { PageSettings } from '../../lib/rendering/page-plan.ts'
import type { PageRaster, RasterColor } from '../../lib/rendering/page-raster.ts'
import type { PrintLanguage } from '../../lib/rendering/print-request.ts'
import { toPwgPage } from '../../lib/rendering/pwg-raster.ts'
import type { Rendering } from '../../lib/rendering/rendering.ts'
import { createRendering } from '../../lib/rendering/rendering-pool.ts'
import type { SheetBack } from '../../lib/rendering/sheet-back.ts'
import { toUrfPage } from '../../lib/rendering/urf-raster.ts'
import { makeLabelPdf, makePdf } from '../helpers/documents.ts'
import { requirePeer } from '../helpers/peers.ts'
import { readPwg, readUrf } from '../helpers/raster-reader.ts'
import { ON_STOCK, STOCK } from './label-settings.ts'

const RASTER_TO_PDF = '/usr/lib/cups/filter/rastertopdf'
const PIXEL_BITS = { black_1: 1, sgray_8: 8, srgb_8: 24 } as const

/** Lines that repeat, runs within them, and noise. */
function rasters(color: RasterColor): fc.Arbitrary<PageRaster> {
  return fc
    .record({
      widthPx: fc.integer({ min: 1, max: 700 }),
      lines: fc.array(fc.record({ seed: fc.nat(255), runPart: fc.double({ min: 0, max: 1, noNaN: true }) }), {
        minLength: 1,
        maxLength: 9,
      }),
    })
    .map(({ widthPx, lines }) => {
      const bytesPerLine = Math.ceil((widthPx * PIXEL_BITS[color]) / 8)
      const given = lines.map(({ seed, runPart }) => {
        const line = Buffer.alloc(bytesPerLine, seed)
        for (let at = Math.floor(bytesPerLine * runPart); at < bytesPerLine; at += 1)
          line[at] = (at * at * 7 + seed) >> 2
        return line
      })
      return { widthPx, heightPx: lines.length, bytesPerLine, lines: Buffer.concat(given) }
    })
}

describe('pages of dots for IPP printers', () => {
  let rendering: Rendering
  let folder: string

  before(async () => {
    rendering = createRendering({ log: pino({ level: 'silent' }) })
    folder = await mkdtemp(join(tmpdir(), 'packhouse-raster-'))
  })
  after(async () => {
    await rendering.close()
    await rm(folder, { recursive: true })
  })

  async function printed(bytes: Uint8Array, language: PrintLanguage, change: Partial<PageSettings> = {}) {
    const settings = { ...ON_STOCK, ...change }
    return Buffer.from(
      (await rendering.print({ bytes, settings, imagePage: STOCK, dpi: 203, language })).bytes,
    )
  }

  for (const color of ['black_1', 'sgray_8', 'srgb_8'] as const) {
    it(`are every pixel of their page, in ${color}`, () => {
      const format = { color, dpi: 300, sides: 'one-sided', sheetBack: 'normal' } as const
      fc.assert(
        fc.property(fc.array(rasters(color), { minLength: 1, maxLength: 3 }), (pages) => {
          const number = (at: number) => ({ number: at + 1, total: pages.length })
          const pwg = readPwg(Buffer.concat(pages.map((page, at) => toPwgPage(page, format, number(at)))))
          expect(isSame(pwg, pages)).to.equal(true)
          if (color === 'black_1') return
          const urf = readUrf(
            Buffer.concat(pages.map((page, at) => toUrfPage(page, { ...format, color }, number(at)))),
          )
          expect(isSame(urf, pages)).to.equal(true)
        }),
        { numRuns: 60 },
      )
    })
  }

  it("turn the back of a sheet as the printer's own way of feeding it wants", () => {
    const rows = [Buffer.from('abc'), Buffer.from('def')]
    const page: PageRaster = { widthPx: 3, heightPx: 2, bytesPerLine: 3, lines: Buffer.concat(rows) }
    const back = (sheetBack: SheetBack, sides: 'two-sided-long-edge' | 'two-sided-short-edge') => {
      const format = { color: 'sgray_8', dpi: 300, sides, sheetBack } as const
      const file = [1, 2].map((number) => toPwgPage(page, format, { number, total: 2 }))
      const [front, behind] = readPwg(Buffer.concat(file))
      expect(front?.lines.toString()).to.equal('abcdef')
      const transforms = [456, 460].map((offset) => behind?.header.readInt32BE(offset))
      const urf = [1, 2].map((number) => toUrfPage(page, format, { number, total: 2 }))
      const texts = readUrf(Buffer.concat(urf)).map(({ lines }) => lines.toString())
      expect(texts).to.deep.equal(['abcdef', behind?.lines.toString()])
      return [behind?.lines.toString(), ...transforms]
    }
    // PWG 5102.4: cross-feed and feed transform of the back.
    expect(back('normal', 'two-sided-long-edge')).to.deep.equal(['abcdef', 1, 1])
    expect(back('rotated', 'two-sided-long-edge')).to.deep.equal(['fedcba', -1, -1])
    expect(back('rotated', 'two-sided-short-edge')).to.deep.equal(['abcdef', 1, 1])
    expect(back('flipped', 'two-sided-long-edge')).to.deep.equal(['defabc', 1, -1])
    expect(back('flipped', 'two-sided-short-edge')).to.deep.equal(['cbafed', -1, 1])
    expect(back('manual-tumble', 'two-sided-short-edge')).to.deep.equal(['fedcba', -1, -1])
  })

  const LANGUAGES: readonly PrintLanguage[] = [
    ...(['black_1', 'sgray_8', 'srgb_8'] as const).map(
      (color) => ({ kind: 'pwg', color, sides: 'one-sided', sheetBack: 'normal' }) as const,
    ),
    ...(['sgray_8', 'srgb_8'] as const).map(
      (color) => ({ kind: 'urf', color, sides: 'one-sided', sheetBack: 'normal' }) as const,
    ),
  ]
  for (const language of LANGUAGES) {
    const color = 'color' in language ? language.color : ''
    it(`are read by libcups, with their symbols, as ${language.kind} in ${color}`, async function () {
      requirePeer(this, RASTER_TO_PDF, 'cups-filters')
      requirePeer(this, 'pdftoppm', 'poppler-utils')
      requirePeer(this, 'zbarimg', 'zbar-tools')
      const picture = await drawnByLibcups(await printed(await makeLabelPdf(), language))
      const { width, height } = await sharp(picture).metadata()
      expect([width, height]).to.deep.equal([812, 1218])
      const found = execFileSync('zbarimg', ['-q', '--nodbus', '-'], { input: picture, encoding: 'utf8' })
      expect(found.trim().split('\n').toSorted()).to.deep.equal([
        'CODE-128:PH0000012345',
        'QR-Code:https://example.test/p/12345',
      ])
    })
  }

  it('are as many as were asked for, and say so', async () => {
    const pdf = await makePdf({ pages: 5, widthPt: 288, heightPt: 432 })
    const change = { pagesToPrint: ['4-5', '1'] }
    const pwg = await printed(
      pdf,
      { kind: 'pwg', color: 'sgray_8', sides: 'one-sided', sheetBack: 'normal' },
      change,
    )
    expect(readPwg(pwg).map(({ header }) => header.readUInt32BE(452))).to.deep.equal([3, 3, 3])
    expect(
      readUrf(
        await printed(
          pdf,
          { kind: 'urf', color: 'sgray_8', sides: 'one-sided', sheetBack: 'normal' },
          change,
        ),
      ),
    ).to.have.length(3)
  })

  it('are a JPEG for a printer that takes nothing else, if there is one page', async () => {
    const jpeg = await printed(await makeLabelPdf(), { kind: 'jpeg', color: 'sgray_8' })
    expect(await sharp(jpeg).metadata()).to.include({
      format: 'jpeg',
      width: 812,
      height: 1218,
      channels: 1,
      density: 203,
    })
    const refused = await printed(await makePdf({ pages: 2 }), { kind: 'jpeg', color: 'srgb_8' }).catch(
      String,
    )
    expect(refused).to.match(/cannot hold 2 pages/)
  })

  async function drawnByLibcups(raster: Buffer): Promise<Buffer> {
    const files = Object.fromEntries(
      ['ppd', 'raster', 'pdf', 'page'].map((name) => [name, join(folder, name)]),
    )
    const { ppd = '', raster: rasterFile = '', pdf = '', page = '' } = files
    await writeFile(ppd, PPD)
    await writeFile(rasterFile, raster)
    const env = { ...process.env, PPD: ppd }
    const job = ['1', 'user', 'title', '1', '', rasterFile]
    await writeFile(pdf, execFileSync(RASTER_TO_PDF, job, { env, stdio: ['ignore', 'pipe', 'ignore'] }))
    execFileSync('pdftoppm', ['-r', '203', '-png', '-singlefile', pdf, page], { stdio: 'ignore' })
    return readFile(`${page}.png`)
  }
})

type WithLines = readonly { readonly lines: Uint8Array }[]

function isSame(read: WithLines, written: WithLines): boolean {
  const all = (pages: WithLines) => Buffer.concat(pages.map(({ lines }) => lines))
  return read.length === written.length && all(read).equals(all(written))
}

/** The least that the filter takes for a printer. */
const PPD = `*PPD-Adobe: "4.3"
*FormatVersion: "4.3"
*FileVersion: "1.0"
*LanguageVersion: English
*LanguageEncoding: ISOLatin1
*PCFileName: "LABEL.PPD"
*Manufacturer: "Test"
*Product: "(Test)"
*ModelName: "Test"
*ShortNickName: "Test"
*NickName: "Test"
*PSVersion: "(3010.000) 0"
*LanguageLevel: "3"
*ColorDevice: True
*DefaultColorSpace: RGB
*OpenUI *PageSize/Media Size: PickOne
*DefaultPageSize: w288h432
*PageSize w288h432/4x6: "<</PageSize[288 432]>>setpagedevice"
*CloseUI: *PageSize
*OpenUI *PageRegion/Media Size: PickOne
*DefaultPageRegion: w288h432
*PageRegion w288h432/4x6: "<</PageSize[288 432]>>setpagedevice"
*CloseUI: *PageRegion
*DefaultImageableArea: w288h432
*ImageableArea w288h432/4x6: "0 0 288 432"
*DefaultPaperDimension: w288h432
*PaperDimension w288h432/4x6: "288 432"
`
