import { deflateSync } from 'node:zlib'
import { expect } from 'chai'
import { degrees, PDFDocument, PDFName, PDFNumber } from 'pdf-lib'
import { pino } from 'pino'
import sharp from 'sharp'
import type { Rendering } from '../../lib/rendering/rendering.ts'
import { createRendering } from '../../lib/rendering/rendering-pool.ts'
import {
  makeEncryptedPdf,
  makeJpeg,
  makeLabelPdf,
  makePdf,
  makePng,
  makeRawPdf,
} from '../helpers/documents.ts'
import { refusalOf } from './refusal.ts'

const limits = { dpi: 203 }
const CATALOG = '<</Type/Catalog/Pages 2 0 R>>'
const ONE_PAGE = '<</Type/Pages/Kids[3 0 R]/Count 1>>'
const PAGE = '<</Type/Page/Parent 2 0 R/MediaBox[0 0 288 432]'
const MAX_BYTES = 25 * 1024 * 1024

function half(bytes: Buffer): Buffer {
  return bytes.subarray(0, Math.floor(bytes.length / 2))
}

/** White space after the end is allowed, a little of it; the rest goes into a stream. */
async function pdfOfSize(bytes: number): Promise<Buffer> {
  const document = await PDFDocument.load(await makePdf())
  const base = (await document.save()).length
  document.context.register(document.context.stream(new Uint8Array(bytes - base - 1024)))
  const pdf = await document.save()
  return Buffer.concat([pdf, Buffer.alloc(bytes - pdf.length, '\n')])
}

describe('inspection', () => {
  let rendering: Rendering

  before(() => {
    rendering = createRendering({ log: pino({ level: 'silent' }) })
  })

  after(async () => {
    await rendering.close()
  })

  const inspect = (bytes: Uint8Array, dpi = limits.dpi) => rendering.inspect(bytes, { dpi })

  describe('of the type', () => {
    it('goes by content', async () => {
      expect((await inspect(await makeLabelPdf())).mediaType).to.equal('application/pdf')
      expect((await inspect(await makePng())).mediaType).to.equal('image/png')
      expect((await inspect(await makeJpeg())).mediaType).to.equal('image/jpeg')
    })

    it('refuses what is neither PDF nor PNG nor JPEG', async () => {
      const gif = await sharp({ create: { width: 9, height: 9, channels: 3, background: 'red' } })
        .gif()
        .toBuffer()
      const others = [Buffer.from('Dear customer, %PDF is a format.'), Buffer.from('^XA^FDlabel^FS^XZ'), gif]
      for (const bytes of others) await refusalOf(inspect(bytes), 'wrong_type')
    })

    it('refuses an empty file', async () => {
      await refusalOf(inspect(Buffer.alloc(0)), 'wrong_type')
    })

    it('takes a PDF whose header follows a printer language prologue', async () => {
      const prologue = Buffer.from('\u001b%-12345X@PJL ENTER LANGUAGE=PDF\r\n')
      expect(await inspect(Buffer.concat([prologue, await makePdf()]))).to.include({ pageCount: 1 })
    })

    it('does not take an archive for the PDF in it', async () => {
      const name = 'label.pdf'
      const entry = Buffer.alloc(30)
      entry.write('PK\u0003\u0004', 'latin1')
      entry.writeUInt16LE(name.length, 26)
      await refusalOf(inspect(Buffer.concat([entry, Buffer.from(name), await makePdf()])), 'wrong_type')
    })
  })

  describe('of the size', () => {
    it('takes 25 MiB and refuses one byte more', async () => {
      const pdf = await pdfOfSize(MAX_BYTES)
      expect(pdf.length).to.equal(MAX_BYTES)
      expect(await inspect(pdf)).to.include({ pageCount: 1 })
      await refusalOf(inspect(Buffer.concat([pdf, Buffer.from('\n')])), 'too_large')
    })

    it('refuses a document that is too large whatever its type', async () => {
      await refusalOf(inspect(Buffer.alloc(MAX_BYTES + 1, 'text ')), 'too_large')
    })

    it('takes 1000 pages and refuses 1001', async () => {
      expect(await inspect(await makePdf({ pages: 1000 }))).to.include({ pageCount: 1000 })
      await refusalOf(inspect(await makePdf({ pages: 1001 })), 'too_large')
    })

    it('refuses a page that has more than 64 megapixels at the resolution', async () => {
      const pdf = await makePdf({ widthPt: 1920, heightPt: 1920 })
      expect(await inspect(pdf, 300)).to.include({ pageCount: 1 })
      await refusalOf(inspect(pdf, 301), 'too_large')
      await refusalOf(inspect(await makePdf({ widthPt: 14_400, heightPt: 14_400 })), 'too_large')
    })

    it('looks at every page', async () => {
      const document = await PDFDocument.load(await makePdf({ pages: 3 }))
      document.addPage([14_400, 14_400])
      const error = await refusalOf(inspect(await document.save()), 'too_large')
      expect(error.message).to.contain('page 4')
    })
  })

  describe('of a PDF', () => {
    it('says how many pages there are and how large the first is', async () => {
      const pdf = await makePdf({ pages: 3, widthPt: 288, heightPt: 432 })
      expect(await inspect(pdf)).to.deep.equal({
        mediaType: 'application/pdf',
        pageCount: 3,
        firstPage: { widthPt: 288, heightPt: 432 },
        isEncrypted: false,
      })
    })

    for (const useObjectStreams of [true, false]) {
      const where = useObjectStreams ? 'in object streams' : 'in plain sight'
      it(`applies crop box, rotation and user unit to pages ${where}`, async () => {
        const document = await PDFDocument.create()
        const page = document.addPage([300, 200])
        page.setCropBox(10, 20, 100, 50)
        page.setRotation(degrees(90))
        page.node.set(PDFName.of('UserUnit'), PDFNumber.of(2.5))
        document.addPage([300, 200])
        const { firstPage } = await inspect(await document.save({ useObjectStreams }))
        expect(firstPage).to.deep.equal({ widthPt: 125, heightPt: 250 })
      })
    }

    it('counts the user unit of each page against the limit', async () => {
      const document = await PDFDocument.load(await makePdf({ pages: 2 }))
      document.getPage(1).node.set(PDFName.of('UserUnit'), PDFNumber.of(100))
      const error = await refusalOf(inspect(await document.save()), 'too_large')
      expect(error.message).to.contain('page 2')
    })

    it('opens one with an owner password alone', async () => {
      const pdf = await makeEncryptedPdf({ ownerPassword: 'owner' })
      expect(await inspect(pdf)).to.include({ pageCount: 1, isEncrypted: true })
    })

    it('refuses one that needs a password', async () => {
      const pdf = await makeEncryptedPdf({ ownerPassword: 'owner', userPassword: 'user' })
      const error = await refusalOf(inspect(pdf), 'unreadable')
      expect(error.message).to.contain('password')
    })

    it('refuses a header with nothing behind it', async () => {
      await refusalOf(inspect(Buffer.from('%PDF-1.7\nhello\n')), 'unreadable')
      await refusalOf(inspect(Buffer.from('%PDF-1.7\nhello\n%%EOF\n')), 'unreadable')
    })

    it('refuses one without pages', async () => {
      await refusalOf(inspect(makeRawPdf([CATALOG, '<</Type/Pages/Kids[]/Count 0>>'])), 'unreadable')
    })

    it('refuses one that states more pages than it has', async () => {
      const pdf = makeRawPdf([CATALOG, '<</Type/Pages/Kids[3 0 R]/Count 3>>', `${PAGE}>>`])
      await refusalOf(inspect(pdf), 'unreadable')
    })
  })

  describe('of a truncated PDF', () => {
    it('refuses every one that is cut in half', async () => {
      const documents = [await makePdf(), await makePdf({ pages: 200 }), await makeLabelPdf()]
      for (const pdf of documents) await refusalOf(inspect(half(pdf)), 'unreadable')
    })

    it('refuses one whose pages PDFium would still find', async () => {
      const pdf = makeRawPdf([CATALOG, ONE_PAGE, `${PAGE}>>`])
      const update = Buffer.from(`4 0 obj\n<</Length 9000>>stream\n${'x'.repeat(5000)}`)
      await refusalOf(inspect(Buffer.concat([pdf, update])), 'unreadable')
    })

    it('refuses an update that was cut off though the revision before it is whole', async () => {
      const pdf = makeRawPdf([CATALOG, ONE_PAGE, `${PAGE}>>`])
      await refusalOf(inspect(Buffer.concat([pdf, Buffer.from('3 0 obj\n<</Type/Pa')])), 'unreadable')
    })

    it('refuses a linearized file that is shorter than it states', async () => {
      const pdf = makeRawPdf([
        CATALOG,
        ONE_PAGE,
        `${PAGE}>>`,
        '<</Linearized 1/L 99999/H[1 2]/O 3/E 9/N 1/T 9>>',
      ])
      await refusalOf(inspect(pdf), 'unreadable')
    })

    it('takes one with a little of something else behind its end', async () => {
      const pdf = await makePdf()
      expect(await inspect(Buffer.concat([pdf, Buffer.alloc(1500)]))).to.include({ pageCount: 1 })
    })
  })

  describe('of a hostile PDF', () => {
    it('refuses a page tree that loops', async () => {
      const loops = [
        makeRawPdf([CATALOG, '<</Type/Pages/Kids[2 0 R]/Count 500>>']),
        makeRawPdf([
          CATALOG,
          '<</Type/Pages/Kids[3 0 R]/Count 2>>',
          '<</Type/Pages/Kids[2 0 R]/Parent 2 0 R/Count 2>>',
        ]),
      ]
      for (const pdf of loops) await refusalOf(inspect(pdf), 'unreadable')
    })

    it('reads past what is nested a million deep', async () => {
      const nested = `${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`
      expect(await inspect(makeRawPdf([CATALOG, ONE_PAGE, `${PAGE}/X ${nested}>>`]))).to.include({
        pageCount: 1,
      })
    })

    it('holds no table of two million names', async () => {
      const names = Array.from({ length: 2_000_000 }, (_, index) => `/N${index} 1`).join('')
      const pdf = makeRawPdf([CATALOG, ONE_PAGE, `${PAGE}/UserUnit 2>>`, `<<${names}>>`, '<</Type/ObjStm>>'])
      expect((await inspect(pdf)).firstPage).to.deep.equal({ widthPt: 576, heightPt: 864 })
    })

    it('inflates no object stream without a limit', async () => {
      const bomb = deflateSync(Buffer.alloc(256 * 1024 * 1024, '/Type/Page/UserUnit 9 ')).toString('latin1')
      const stream = `<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length ${bomb.length}>>stream\n${bomb}\nendstream`
      const pdf = makeRawPdf([CATALOG, ONE_PAGE, `${PAGE}>>`, stream])
      expect((await inspect(pdf)).firstPage).to.deep.equal({ widthPt: 288, heightPt: 432 })
    })
  })

  describe('of an image', () => {
    it('measures pixels by a density from 150 to 1200 dpi, else by 300 dpi', async () => {
      const widthPt: Record<number, number> = {
        72: 144,
        149: 144,
        150: 288,
        203: 212.8,
        300: 144,
        1200: 36,
        1201: 144,
      }
      for (const [dpi, expected] of Object.entries(widthPt)) {
        const options = { widthPx: 600, heightPx: 60, dpi: Number(dpi) }
        for (const image of [await makePng(options), await makeJpeg(options)]) {
          const { firstPage, pageCount } = await inspect(image)
          expect(firstPage.widthPt, `at ${dpi} dpi`).to.be.closeTo(expected, 0.05)
          expect(firstPage.heightPt).to.be.closeTo(expected / 10, 0.05)
          expect(pageCount).to.equal(1)
        }
      }
      const { firstPage } = await inspect(await makePng({ widthPx: 600, heightPx: 60 }))
      expect(firstPage).to.deep.equal({ widthPt: 144, heightPt: 14.4 })
    })

    it('sees it turned as EXIF says', async () => {
      for (const [orientation, widthPx] of [
        [1, 400],
        [3, 400],
        [6, 600],
        [8, 600],
      ] as const) {
        const { firstPage } = await inspect(await makeJpeg({ widthPx: 400, heightPx: 600, orientation }))
        expect(firstPage.widthPt).to.be.closeTo((widthPx * 72) / 300, 0.01)
      }
    })

    it('refuses every one that is cut in half, or shortly before its end', async () => {
      const pixels = Buffer.from(Array.from({ length: 300 * 300 * 3 }, (_, index) => (index * index) % 251))
      const noise = sharp(pixels, { raw: { width: 300, height: 300, channels: 3 } })
      const images = [
        noise.clone().jpeg(),
        noise.clone().jpeg({ progressive: true }),
        noise.clone().png(),
        noise.clone().png({ progressive: true }),
      ]
      for (const image of images) {
        const bytes = await image.toBuffer()
        await refusalOf(inspect(half(bytes)), 'unreadable')
        await refusalOf(inspect(bytes.subarray(0, Math.floor(bytes.length * 0.97))), 'unreadable')
      }
    })

    it('refuses one that declares more than 64 megapixels before it decodes any', async () => {
      const png = await makePng()
      png.writeUInt32BE(60_000, 16)
      png.writeUInt32BE(60_000, 20)
      const jpeg = await makeJpeg()
      const frame = jpeg.indexOf(Buffer.of(0xff, 0xc0))
      jpeg.writeUInt16BE(60_000, frame + 5)
      jpeg.writeUInt16BE(60_000, frame + 7)
      await refusalOf(inspect(jpeg), 'too_large')
      await refusalOf(inspect(png), 'too_large')
    })

    it('takes a JPEG in CMYK and an animated PNG for pictures like any other', async () => {
      const cmyk = await sharp(await makeJpeg())
        .toColourspace('cmyk')
        .jpeg()
        .toBuffer()
      expect(await inspect(cmyk)).to.include({ mediaType: 'image/jpeg' })
      const png = await makePng()
      const animation = Buffer.from('000000086163544c0000000100000000b92d07f0', 'hex')
      const afterHeader = 33
      const animated = Buffer.concat([png.subarray(0, afterHeader), animation, png.subarray(afterHeader)])
      expect(await inspect(animated)).to.include({ mediaType: 'image/png' })
    })
  })
})
