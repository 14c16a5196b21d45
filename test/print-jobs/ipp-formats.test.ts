import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { PDFDocument, rgb } from 'pdf-lib'
import sharp from 'sharp'
import { eventually } from '../helpers/eventually.ts'
import { type IppPrinter, startIppPrinter } from '../helpers/ippeveprinter.ts'
import { type RasterPage, readPwg, readUrf } from '../helpers/raster-reader.ts'
import { createRestClient, type RestClient } from '../helpers/rest-client.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

const BASE = '/v1/cloud-printing'
const TELL = 'env | grep ^IPP_ > "$FOLDER/asked"; echo "CONTENT_TYPE=$CONTENT_TYPE" >> "$FOLDER/asked"'
/** What ippeveprinter says of each format, and that the back of a sheet is fed turned by half. */
const PWG_DPI = 300
const URF_DPI = 600
const JPEG_DPI = 600

/** Pages of 4x6 in, the first with one black bar at its top left, the second with two beside each other, and so on. */
async function bars(pages: number): Promise<Buffer> {
  const document = await PDFDocument.create({ updateMetadata: false })
  for (let number = 1; number <= pages; number += 1) {
    const page = document.addPage([288, 432])
    for (let at = 0; at < number; at += 1) {
      page.drawRectangle({ x: 18 + at * 36, y: 324, width: 18, height: 72, color: rgb(0, 0, 0) })
    }
  }
  return Buffer.from(await document.save())
}

/** Each run of black pixels in a row: where it begins and ends. */
function runs(row: Uint8Array): readonly (readonly [start: number, end: number])[] {
  const found: [number, number][] = []
  for (const [x, value] of row.entries()) {
    if (value > 127) continue
    const last = found.at(-1)
    if (last?.[1] === x) last[1] = x + 1
    else found.push([x, x + 1])
  }
  return found
}

interface GreyPage {
  readonly widthPx: number
  readonly heightPx: number
  row(y: number): Uint8Array
}

/** As it is on its side of a sheet. */
function onSheet({ widthPx, heightPx, lines }: RasterPage, isBack: boolean): GreyPage {
  const row = (y: number) => {
    const at = isBack ? heightPx - 1 - y : y
    const line = lines.subarray(at * widthPx, (at + 1) * widthPx)
    return isBack ? Buffer.from(line).reverse() : line
  }
  return { widthPx, heightPx, row }
}

describe('an IPP printer that takes no PDF', function () {
  this.timeout(60_000)
  let server: TestServer
  let rest: RestClient
  let printer: IppPrinter | undefined
  let stations = 0

  before(async () => {
    server = await startServer({ env: { PRINTER_PORTS: '1-65535' } })
    rest = createRestClient(server.url, server.credentials.admin.api_key)
  })
  after(() => server.stop())
  afterEach(async () => {
    await printer?.close()
    printer = undefined
  })

  async function print(pdf: Buffer, configuration: object): Promise<Record<string, unknown>> {
    stations += 1
    const station = await rest.post(`${BASE}/stations`, {
      name: `Formats ${stations}`,
      location_id: server.credentials.location_id,
      printers: [
        {
          name: 'Office',
          page_size: { label_4x6: true },
          configuration: { color_print: true, double_sided: true },
          connection: { type: 'ipp', uri: printer?.uri },
        },
      ],
    })
    const made = await rest.post(`${BASE}/jobs`, {
      location_id: server.credentials.location_id,
      print_station_id: station.json.data.id,
      data: `data:application/pdf;base64,${pdf.toString('base64')}`,
      configuration,
    })
    expect(made.status, made.text).to.equal(201)
    return eventually('the job ends', async () => {
      const { json } = await rest.get(`${BASE}/jobs/${made.json.data.id}`)
      return ['completed', 'failed'].includes(json.data.status) ? json.data : undefined
    })
  }

  async function asked(): Promise<string> {
    return readFile(join(printer?.folder ?? '', 'asked'), 'utf8')
  }

  for (const [format, readPages, dpi] of [
    ['image/pwg-raster', readPwg, PWG_DPI],
    ['image/urf', readUrf, URF_DPI],
  ] as const) {
    it(`gets the pages that were asked for, in their order and turned, as ${format}`, async function () {
      printer = await startIppPrinter(this, { formats: [format], script: TELL })
      const job = await print(await bars(4), {
        pages_to_print: ['1', '3-4'],
        reverse_order: true,
        double_sided: true,
        scaling: 0.5,
      })
      expect(job).to.include({ status: 'completed', reason: null })
      const [document, ...others] = await printer.documents()
      expect(others).to.deep.equal([])
      const pages = readPages(document ?? Buffer.alloc(0)).map((page, at) => onSheet(page, at % 2 === 1))
      expect(pages.map(({ widthPx, heightPx }) => [widthPx, heightPx])).to.deep.equal(
        Array.from({ length: 3 }, () => [4 * dpi, 6 * dpi]),
      )
      // The middle of the bars, half as far from the middle of the page as they were.
      const middle = Math.round((3 - (3 - 1) / 2) * dpi)
      const start = (2 - (2 - 0.25) / 2) * dpi
      for (const [at, count] of [4, 3, 1].entries()) {
        const found = runs(pages[at]?.row(middle) ?? new Uint8Array())
        expect(found, `page ${at + 1}`).to.have.length(count)
        for (const [index, [left, right]] of found.entries()) {
          expect(left).to.be.closeTo(start + index * 0.25 * dpi, 2)
          expect(right - left).to.be.closeTo(0.125 * dpi, 3)
        }
      }
      const told = await asked()
      expect(told).to.include(`CONTENT_TYPE=${format}\n`)
      expect(told).to.include('IPP_SIDES=two-sided-long-edge\n')
      expect(told).to.include('IPP_MEDIA=na_index-4x6_4x6in\n')
    })

    it(`gets repeated pages as ${format} when it makes no copies, each copy on a sheet of its own`, async function () {
      printer = await startIppPrinter(this, { formats: [format], script: TELL })
      expect(await print(await bars(1), { copies: 3, double_sided: true })).to.include({
        status: 'completed',
      })
      const [document, ...others] = await printer.documents()
      expect(others).to.deep.equal([])
      const pages = readPages(document ?? Buffer.alloc(0)).map((page, at) => onSheet(page, at % 2 === 1))
      const counts = pages.map((page) => runs(page.row(dpi)).length)
      expect(counts).to.deep.equal([1, 0, 1, 0, 1])
    })
  }

  it('gets its page as a picture when it takes nothing else', async function () {
    printer = await startIppPrinter(this, { formats: ['image/jpeg'], script: TELL })
    const job = await print(await bars(3), { pages_to_print: ['2'] })
    expect(job).to.include({ status: 'completed', reason: null })
    const [document] = await printer.documents()
    const { data, info } = await sharp(document).greyscale().raw().toBuffer({ resolveWithObject: true })
    expect([info.width, info.height]).to.deep.equal([4 * JPEG_DPI, 6 * JPEG_DPI])
    expect(runs(data.subarray(JPEG_DPI * info.width, (JPEG_DPI + 1) * info.width))).to.have.length(2)
    expect(await asked()).to.include('CONTENT_TYPE=image/jpeg\n')
  })

  it('fails the job that it can’t print, and says why, before a byte leaves', async function () {
    printer = await startIppPrinter(this, { formats: ['image/jpeg'], script: TELL })
    const job = await print(await bars(2), {})
    expect(job['status']).to.equal('failed')
    expect(job['reason']).to.match(/^document-format-error: .*a picture cannot hold 2 pages/)
    expect(await printer.documents()).to.deep.equal([])
  })
})
