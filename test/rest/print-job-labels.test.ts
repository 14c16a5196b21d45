import { expect } from 'chai'
import sharp from 'sharp'
import type { NewPrinter } from '../../lib/printers/printer.ts'
import { makeJpeg, makeLabelPdf, makePdf, makeRawPdf, makeSlowPdf } from '../helpers/documents.ts'
import { interpret } from '../helpers/escpos-interpreter/interpret.ts'
import { eventually } from '../helpers/eventually.ts'
import { type SocketSink, startSocketSink } from '../helpers/socket-sink.ts'
import { readSymbols } from '../helpers/symbol-reader.ts'
import { readZplGraphic } from '../helpers/zpl-reader.ts'
import { dataUri, JOBS, type JobWorkspace, openJobWorkspace, untilEnded } from './print-job-fixtures.ts'

const SYMBOLS = ['Code128 PH0000012345', 'DataMatrix DM-12345-A7', 'QRCode https://example.test/p/12345']

describe('documents on label and receipt printers', () => {
  let workspace: JobWorkspace
  const sinks: SocketSink[] = []
  let stations = 0

  before(async () => {
    workspace = await openJobWorkspace()
  })
  after(async () => {
    await Promise.all(sinks.map((sink) => sink.close()))
    await workspace.stop()
  })

  async function printerAt(language: 'zpl' | 'escpos' | 'pdf', change: Partial<NewPrinter> = {}) {
    const sink = await startSocketSink()
    sinks.push(sink)
    stations += 1
    const name = `${language} ${stations}`
    const connection = { type: 'socket', host: sink.host, port: sink.port, language } as const
    await workspace.newStation(
      [{ name, connection, pageSizes: language === 'zpl' ? ['label_4x6'] : [], ...change }],
      {
        name: `Labels ${stations}`,
      },
    )
    return { name, sink }
  }

  const submit = (printer: string, bytes: Buffer, configuration: object = {}, type = 'application/pdf') =>
    workspace.create({ printer_name: printer, data: dataUri(type, bytes), configuration })

  async function printed(
    printer: { name: string; sink: SocketSink },
    bytes: Buffer,
    configuration: object = {},
  ) {
    const { id } = await submit(printer.name, bytes, configuration)
    await untilEnded(workspace.admin, id)
    return { id, received: printer.sink.received }
  }

  async function preview(id: string) {
    const headers = { 'PX-API-KEY': workspace.server.credentials.admin.api_key }
    const reply = await fetch(`${workspace.server.url}${JOBS}/${id}/preview.png`, { headers })
    expect(reply.status).to.equal(200)
    return sharp(Buffer.from(await reply.arrayBuffer()))
      .toColourspace('b-w')
      .raw()
      .toBuffer({ resolveWithObject: true })
  }

  it('reach a ZPL printer with every symbol legible, and the preview is what was sent, dot for dot', async () => {
    const printer = await printerAt('zpl')
    const { id, received } = await printed(printer, await makeLabelPdf(), { copies: 3 })
    const zpl = received.toString('latin1')
    expect(zpl).to.match(/\^PW812\^LL1218.*\^PQ3\^XZ\n$/s)
    const [label, ...others] = readZplGraphic(zpl)
    if (!label) throw new Error('no label was sent')
    expect(others).to.deep.equal([])
    const found = await readSymbols(label)
    expect(found.map(({ format, text }) => `${format} ${text}`).toSorted()).to.deep.equal(SYMBOLS)
    const { data, info } = await preview(id)
    expect([info.width, info.height, info.channels]).to.deep.equal([812, 1218, 1])
    const isBlack = (x: number, y: number) =>
      ((label.bits[y * label.widthBytes + (x >> 3)] ?? 0) & (0x80 >> (x & 7))) !== 0
    const wrong = data.findIndex((value, at) => (value === 0) !== isBlack(at % 812, Math.floor(at / 812)))
    expect(wrong).to.equal(-1)
    const { json } = await workspace.admin.get(`${JOBS}/${id}`)
    expect(json.data.warnings).to.deep.equal([])
  })

  it("have the resolution of the printer, and old firmware's form where that is set", async () => {
    const configuration = { dpi: '300 dpi', zplGraphics: 'ascii' } as const
    const { received } = await printed(await printerAt('zpl', { configuration }), await makeLabelPdf())
    const zpl = received.toString('latin1')
    expect(zpl).to.include('^PW1200^LL1800').and.not.include(':Z64:')
    expect(readZplGraphic(zpl)[0]).to.include({ widthBytes: 150, heightDots: 1800 })
  })

  it('take the form of pictures through the REST interface, and answer it', async () => {
    const { admin, server } = workspace
    const printer = (zpl_graphics: string) => ({
      location_id: server.credentials.location_id,
      name: `Old firmware ${zpl_graphics}`,
      printers: [{ name: 'Old', configuration: { zpl_graphics } }],
    })
    const { json } = await admin.post('/v1/cloud-printing/stations', printer('ascii'))
    expect(json.data.printers[0].configuration).to.include({ zpl_graphics: 'ascii' })
    const refused = await admin.post('/v1/cloud-printing/stations', printer('hex'))
    expect([refused.status, refused.json.errors[0]]).to.deep.equal([
      400,
      'printers.0.configuration.zpl_graphics must be one of z64 or ascii',
    ])
  })

  it('reach a receipt printer in bands, as wide as its paper and as long as their content', async () => {
    const printer = await printerAt('escpos', {
      configuration: { thermal: { cut: 'partial', status_check: 'off' } },
    })
    const { received } = await printed(printer, await makeLabelPdf())
    const { printed: items } = interpret(received)
    const bands = items.flatMap((item) => (item.kind === 'picture' ? [item] : []))
    expect(new Set(bands.map(({ widthBytes }) => widthBytes))).to.deep.equal(new Set([72]))
    expect(Math.max(...bands.map(({ heightDots }) => heightDots))).to.equal(255)
    // Band follows band without a gap.
    const ends = bands.map(({ yDots, heightDots }) => yDots + heightDots)
    expect(bands.slice(1).map(({ yDots }) => yDots)).to.deep.equal(ends.slice(0, -1))
    const bits = Buffer.concat(bands.map((band) => band.bits))
    const found = await readSymbols({ widthBytes: 72, heightDots: bits.length / 72, bits })
    expect(found.map(({ format }) => format)).to.include('QRCode')
    expect(items.at(-1)).to.deep.include({ kind: 'cut' })
    expect(bits.subarray(-72).some((byte) => byte !== 0)).to.equal(true)
  })

  it('are pictures of one page of the stock when they are pictures', async () => {
    const printer = await printerAt('zpl')
    const { id } = await submit(
      printer.name,
      await makeJpeg({ widthPx: 600, heightPx: 900, dpi: 203 }),
      {},
      'image/jpeg',
    )
    await untilEnded(workspace.admin, id)
    expect(readZplGraphic(printer.sink.received.toString('latin1'))).to.have.length(1)
  })

  it('are repeated in the PDF for a printer behind a socket, which makes no copies', async () => {
    const { received } = await printed(await printerAt('pdf'), await makePdf({ pages: 2 }), { copies: 3 })
    expect(await workspace.server.services.documents.inspect(received, { field: 'x', dpi: 72 })).to.include({
      pageCount: 6,
    })
  })

  it('carry a warning for a symbol that cannot be read from the dots, told before they are queued', async () => {
    const printer = await printerAt('zpl')
    const job = await submit(printer.name, await makeLabelPdf(), { scaling: 0.45 })
    expect(job.warnings).to.have.length(1)
    expect(job.warnings[0]).to.match(
      /^barcode-illegible: Code128 PH0000012345, modules 1\.[34] dots wide; print at 300 dpi or unscaled$/,
    )
    await untilEnded(workspace.admin, job.id)
    const fine = await submit(
      (await printerAt('zpl', { configuration: { dpi: '600' } })).name,
      await makeLabelPdf(),
      { scaling: 0.45 },
    )
    expect(fine.warnings).to.deep.equal([])
    await untilEnded(workspace.admin, job.id)
    const again = await workspace.admin.post(`${JOBS}/${job.id}/reprint`, {
      reason: 'once more',
      printer_id: job.printer.id,
    })
    expect(again.json.data.warnings).to.deep.equal(job.warnings)
  })

  it('carry a warning when no label is found on a larger page', async () => {
    const text =
      'A line that reaches from one side of the page to the other, so that no label can hold it at all'
    const { warnings } = await submit((await printerAt('zpl')).name, await makePdf({ text }))
    expect(warnings).to.have.length(1)
    expect(warnings[0]).to.match(/^label-not-found: page 1 /)
  })

  const form = (next: number, content: string) =>
    `<</Type/XObject/Subtype/Form/BBox[0 0 288 432]/Resources<</XObject<</F ${next} 0 R>>>>` +
    `/Length ${content.length}>>stream\n${content}\nendstream`
  const bomb = makeRawPdf([
    '<</Type/Catalog/Pages 2 0 R>>',
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 288 432]/Contents 4 0 R/Resources<</XObject<</F 4 0 R>>>>>>',
    ...Array.from({ length: 12 }, (_, index) => form(index + 5, '/F Do '.repeat(10))),
    form(4, '0 0 10 10 re f'),
  ])
  const HOSTILE: readonly (readonly [what: string, pdf: () => Buffer])[] = [
    ['draws itself without end', makeSlowPdf],
    ['multiplies beyond its memory', () => bomb],
  ]
  for (const [what, pdf] of HOSTILE) {
    it(`cost their own job alone when one ${what}, and others are printed meanwhile`, async function () {
      this.timeout(120_000)
      const bad = await printerAt('zpl')
      const good = await printerAt('zpl')
      const { id } = await submit(bad.name, pdf())
      const { received } = await printed(good, await makeLabelPdf())
      expect(readZplGraphic(received.toString('latin1'))).to.have.length(1)
      const failed = await eventuallyFailed(id)
      expect(failed.reason).to.match(/^document-format-error: /)
      expect(bad.sink.received).to.have.length(0)
    })
  }

  it('are refused where a page would have more pixels than are drawn', async () => {
    const { name } = await printerAt('zpl')
    const pdf = await makePdf({ widthPt: 14_400, heightPt: 14_400 })
    const reply = await workspace.admin.post(
      JOBS,
      workspace.body({ printer_name: name, data: dataUri('application/pdf', pdf) }),
    )
    expect([reply.status, reply.json.code]).to.deep.equal([400, 'unsupported_document'])
  })

  async function eventuallyFailed(id: string): Promise<{ readonly reason: string }> {
    const end = performance.now() + 100_000
    while (performance.now() < end) {
      const failed = await eventually('an answer', async () => {
        const { json } = await workspace.admin.get(`${JOBS}/${id}`)
        return json.data as { readonly status: string; readonly reason: string }
      })
      if (failed.status === 'failed') return failed
    }
    throw new Error('the job did not fail')
  }
})
