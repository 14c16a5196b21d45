import { execFileSync } from 'node:child_process'
import { expect } from 'chai'
import sharp from 'sharp'
import { makeLabelPdf } from '../helpers/documents.ts'
import { eventually } from '../helpers/eventually.ts'
import { requirePeer } from '../helpers/peers.ts'
import { createRestClient } from '../helpers/rest-client.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { readSymbols } from '../helpers/symbol-reader.ts'
import { startZebraPrinter, type ZebraPrinter } from '../helpers/zebra-printer.ts'
import { drawZpl } from '../helpers/zpl-reader.ts'

const BASE = '/v1/cloud-printing'

/** One bit a pixel. */
async function dotsOf(png: Buffer) {
  const { data, info } = await sharp(png).greyscale().raw().toBuffer({ resolveWithObject: true })
  const widthBytes = Math.ceil(info.width / 8)
  const bits = new Uint8Array(widthBytes * info.height)
  for (let y = 0; y < info.height; y += 1) {
    for (let x = 0; x < info.width; x += 1) {
      if ((data[y * info.width + x] ?? 255) >= 128) continue
      bits[y * widthBytes + (x >> 3)] = (bits[y * widthBytes + (x >> 3)] ?? 0) | (0x80 >> (x & 7))
    }
  }
  return { widthBytes, heightDots: info.height, bits }
}

describe('a label on its way from a PDF to paper', function () {
  this.timeout(60_000)
  let server: TestServer
  let zebra: ZebraPrinter
  before(async () => {
    server = await startServer({ env: { PRINTER_PORTS: '1-65535' } })
    zebra = await startZebraPrinter()
  })
  after(async () => {
    await zebra.close()
    await server.stop()
  })

  it('comes out with every symbol legible for two scanners, the same again for a second job', async function () {
    requirePeer(this, 'zbarimg', 'zbar-tools')
    const rest = createRestClient(server.url, server.credentials.admin.api_key)
    const connection = { type: 'socket', host: '127.0.0.1', port: zebra.port, language: 'zpl' }
    const station = await rest.post(`${BASE}/stations`, {
      name: 'Journey',
      location_id: server.credentials.location_id,
      printers: [
        { name: 'Zebra', page_size: { label_4x6: true }, configuration: { dpi: '203' }, connection },
      ],
    })
    const pdf = await makeLabelPdf({
      code128: 'PH77700012',
      qrCode: 'https://example.test/q',
      dataMatrix: 'DM-9',
    })
    const job = {
      location_id: server.credentials.location_id,
      print_station_id: station.json.data.id,
      data: `data:application/pdf;base64,${pdf.toString('base64')}`,
    }
    const ids = [(await rest.post(`${BASE}/jobs`, job)).json.data.id]
    ids.push((await rest.post(`${BASE}/jobs`, job)).json.data.id)
    for (const id of ids) {
      const ended = await eventually('the label is printed', async () => {
        const { json } = await rest.get(`${BASE}/jobs/${id}`)
        return json.data.status === 'completed' ? json.data : undefined
      })
      expect(ended.warnings).to.deep.equal([])
    }
    const [label = '', again, ...others] = zebra.printed
    expect([again === label, others]).to.deep.equal([true, []])
    const drawn = await drawZpl(label)
    const found = await readSymbols(await dotsOf(drawn))
    expect(found.map(({ format, text }) => `${format} ${text}`).toSorted()).to.deep.equal([
      'Code128 PH77700012',
      'DataMatrix DM-9',
      'QRCode https://example.test/q',
    ])
    const scanned = execFileSync('zbarimg', ['-q', '--nodbus', '-'], { input: drawn, encoding: 'utf8' })
    // It knows no Data Matrix.
    expect(scanned.trim().split('\n').toSorted()).to.deep.equal([
      'CODE-128:PH77700012',
      'QR-Code:https://example.test/q',
    ])
  })
})
