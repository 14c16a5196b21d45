import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import fc from 'fast-check'
import { pino } from 'pino'
import sharp from 'sharp'
import { type Bitmap, toDots } from '../../lib/rendering/bitmap.ts'
import type { PageSettings } from '../../lib/rendering/page-plan.ts'
import type { PrintLanguage } from '../../lib/rendering/print-request.ts'
import type { Rendering } from '../../lib/rendering/rendering.ts'
import { createRendering } from '../../lib/rendering/rendering-pool.ts'
import { toZpl, type ZplGraphics } from '../../lib/rendering/zpl-graphic.ts'
import { makeLabelPdf, makePdf } from '../helpers/documents.ts'
import { requirePeer } from '../helpers/peers.ts'
import { readSymbols } from '../helpers/symbol-reader.ts'
import { drawZpl, readZplGraphic } from '../helpers/zpl-reader.ts'
import { ON_STOCK, STOCK } from './label-settings.ts'

const SYMBOLS = [
  { format: 'Code128', text: 'PH0000012345' },
  { format: 'DataMatrix', text: 'DM-12345-A7' },
  { format: 'QRCode', text: 'https://example.test/p/12345' },
]

const bitmaps: fc.Arbitrary<Bitmap> = fc
  .record({ widthDots: fc.integer({ min: 1, max: 900 }), heightDots: fc.integer({ min: 1, max: 12 }) })
  .chain(({ widthDots, heightDots }) => {
    const widthBytes = Math.ceil(widthDots / 8)
    const byte = fc.oneof(fc.constantFrom(0, 0, 0xff, 0x0f), fc.integer({ min: 0, max: 255 }))
    // Rows that repeat and rows that don't.
    const row = fc.oneof(
      byte.map((value) => Array.from({ length: widthBytes }, () => value)),
      fc.array(byte, { minLength: widthBytes, maxLength: widthBytes }),
    )
    const rows = fc.array(row, { minLength: heightDots, maxLength: heightDots })
    return rows.map((given) => ({ widthDots, heightDots, widthBytes, bits: Uint8Array.from(given.flat()) }))
  })

describe('a label in ZPL', () => {
  let rendering: Rendering

  before(() => {
    rendering = createRendering({ log: pino({ level: 'silent' }) })
  })
  after(() => rendering.close())

  async function printed(pdf: Uint8Array, change: Partial<PageSettings> = {}, graphics: ZplGraphics = 'z64') {
    const language: PrintLanguage = { kind: 'zpl', graphics, copies: 1 }
    const settings = { ...ON_STOCK, ...change }
    const request = { bytes: pdf, settings, imagePage: STOCK, dpi: 203, language }
    return Buffer.from((await rendering.print(request)).bytes)
  }

  it('holds every dot of its bitmap, in both forms', () => {
    fc.assert(
      fc.property(bitmaps, fc.constantFrom<ZplGraphics>('z64', 'ascii'), (bitmap, graphics) => {
        const [read] = readZplGraphic(toZpl([bitmap], { copies: 1, graphics }).toString('latin1'))
        expect(read).to.include({ widthBytes: bitmap.widthBytes, heightDots: bitmap.heightDots })
        expect(Buffer.compare(read?.bits ?? Buffer.alloc(0), bitmap.bits)).to.equal(0)
      }),
      { numRuns: 300 },
    )
  })

  it('says its size and copies, and undoes what another document may have set', () => {
    const bits = new Uint8Array(102 * 2)
    const zpl = toZpl([{ widthDots: 812, heightDots: 2, widthBytes: 102, bits }], {
      copies: 3,
      graphics: 'ascii',
    })
    expect(zpl.toString()).to.equal('^XA^PON^PMN^LRN^LH0,0^PW812^LL2^FO0,0^GFA,204,204,102,,:^FS^PQ3^XZ\n')
  })

  for (const graphics of ['z64', 'ascii'] as const) {
    it(`is drawn by another interpreter dot for dot, with every symbol, as ${graphics}`, async function () {
      requirePeer(this, 'zbarimg', 'zbar-tools')
      const zpl = (await printed(await makeLabelPdf(), {}, graphics)).toString('latin1')
      const [sent] = readZplGraphic(zpl)
      if (!sent) throw new Error('no graphic was sent')
      const drawn = await drawZpl(zpl)
      expect(await differences(drawn, sent)).to.equal(0)
      expect(await symbolsOf(drawn)).to.deep.equal(SYMBOLS)
      const scanned = await scan(drawn)
      // It knows no Data Matrix.
      expect(scanned).to.deep.equal([`CODE-128:${SYMBOLS[0]?.text}`, `QR-Code:${SYMBOLS[2]?.text}`])
    })
  }

  it('is lost to a reader who checks it when one character of the data is another', async () => {
    const zpl = (await printed(await makeLabelPdf())).toString('latin1')
    const at = zpl.indexOf(':Z64:') + 100
    const other = zpl[at] === 'A' ? 'B' : 'A'
    const corrupted = zpl.slice(0, at) + other + zpl.slice(at + 1)
    expect(() => readZplGraphic(corrupted)).to.throw('checksum')
  })

  it('has each page on a label of its own, lying ones turned, in the order that was asked for', async () => {
    const pdf = await makePdf({ pages: 3, widthPt: 432, heightPt: 288 })
    const labels = readZplGraphic((await printed(pdf, { pagesToPrint: ['3', '1'] })).toString('latin1'))
    expect(labels.map(({ widthBytes, heightDots }) => [widthBytes, heightDots])).to.deep.equal([
      [102, 1218],
      [102, 1218],
    ])
    expect(
      Buffer.compare(labels[0]?.bits ?? Buffer.alloc(0), labels[1]?.bits ?? Buffer.alloc(0)),
    ).to.not.equal(0)
  })
})

async function differences(
  png: Buffer,
  { widthBytes, heightDots, bits }: ReturnType<typeof readZplGraphic>[0] & object,
) {
  const dots = toDots({ widthDots: widthBytes * 8, widthBytes, heightDots, bits })
  const { data, info } = await sharp(png)
    .toColourspace('b-w')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  let count = 0
  for (let y = 0; y < heightDots; y += 1) {
    for (let x = 0; x < 812; x += 1) {
      const value = (data[(y * info.width + x) * info.channels] ?? 0) < 128 ? 0 : 255
      if (value !== dots[y * widthBytes * 8 + x]) count += 1
    }
  }
  return count
}

async function symbolsOf(png: Buffer) {
  const { data, info } = await sharp(png)
    .toColourspace('b-w')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  const widthBytes = Math.ceil(info.width / 8)
  const bits = new Uint8Array(widthBytes * info.height)
  for (let y = 0; y < info.height; y += 1) {
    for (let x = 0; x < info.width; x += 1) {
      if ((data[(y * info.width + x) * info.channels] ?? 0) >= 128) continue
      bits[y * widthBytes + (x >> 3)] = (bits[y * widthBytes + (x >> 3)] ?? 0) | (0x80 >> (x & 7))
    }
  }
  const found = await readSymbols({ widthBytes, heightDots: info.height, bits })
  return found.toSorted((a, b) => a.format.localeCompare(b.format))
}

async function scan(png: Buffer): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'packhouse-scan-'))
  try {
    const file = join(folder, 'label.png')
    await writeFile(file, png)
    return execFileSync('zbarimg', ['-q', '--nodbus', file], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .toSorted()
  } finally {
    await rm(folder, { recursive: true })
  }
}
