import { expect } from 'chai'
import { makePdf } from '../helpers/documents.ts'
import { startEscposPrinter } from '../helpers/escpos-printer.ts'
import { eventually } from '../helpers/eventually.ts'
import { createRestClient, type RestClient } from '../helpers/rest-client.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { startZebraPrinter, type ZebraPrinter } from '../helpers/zebra-printer.ts'

const BASE = '/v1/cloud-printing'
const LABEL = '^XA^FO50,50^FDone^FS^XZ'

/** As an integrator and a person at the printer see it. */
describe('printing on sockets that tell their state', function () {
  this.timeout(60_000)
  let server: TestServer
  let rest: RestClient
  let zebra: ZebraPrinter
  let stations = 0

  before(async () => {
    server = await startServer({ env: { PRINTER_PORTS: '1-65535' } })
    rest = createRestClient(server.url, server.credentials.admin.api_key)
  })
  after(() => server.stop())
  beforeEach(async () => {
    zebra = await startZebraPrinter()
  })
  afterEach(() => zebra.close())

  async function addPrinter(language: 'zpl' | 'escpos', port: number): Promise<string> {
    stations += 1
    const { json } = await rest.post(`${BASE}/stations`, {
      name: `Dock ${stations}`,
      location_id: server.credentials.location_id,
      printers: [{ name: 'Socket', connection: { type: 'socket', host: '127.0.0.1', port, language } }],
    })
    return json.data.id
  }

  async function addJob(stationId: string, type: string, content: string, copies = 1): Promise<string> {
    const { status, json } = await rest.post(`${BASE}/jobs`, {
      location_id: server.credentials.location_id,
      print_station_id: stationId,
      data: `data:${type};base64,${Buffer.from(content, 'latin1').toString('base64')}`,
      configuration: { copies },
    })
    expect(status, JSON.stringify(json)).to.equal(201)
    return json.data.id
  }

  const addLabel = (stationId: string, copies = 1) =>
    addJob(stationId, 'application/vnd.zebra-zpl', LABEL, copies)

  const until = <T extends object>(what: string, path: string, wanted: T) =>
    eventually(what, async () => {
      const { json } = await rest.get(BASE + path)
      const seen = Array.isArray(json.data) ? json.data[0] : json.data
      const isSo = Object.entries(wanted).every(([key, value]) => String(seen[key]) === String(value))
      return isSo ? json.data : undefined
    })

  it('confirms a label that a Zebra has printed', async () => {
    const job = await addLabel(await addPrinter('zpl', zebra.port), 2)
    await until('the job ends', `/jobs/${job}`, { status: 'completed' })
    expect(zebra.printed).to.deep.equal([LABEL, LABEL])
    const { json } = await rest.get(`${BASE}/jobs/${job}/attempts`)
    expect(json.data).to.have.length(1)
    expect(json.data[0]).to.include({ outcome: 'confirmed', bytes_written: LABEL.length * 2 })
  })

  for (const [mode, reason] of [
    ['paper out', 'media-empty'],
    ['head up', 'cover-open'],
    ['ribbon out', 'marker-supply-empty'],
    ['paused', 'paused'],
  ] as const) {
    it(`holds the queue of a Zebra that is ${mode}, says ${reason}, and resumes by itself`, async () => {
      zebra.mode = mode
      const station = await addPrinter('zpl', zebra.port)
      const job = await addLabel(station)
      const held = await until('the job waits', `/jobs/${job}`, { status: 'queued' })
      expect(held.reason).to.equal(null)
      await until('the printer is in trouble', `/printers?print_station_id=${station}`, { status: 'error' })
      const waiting = await eventually('the reason shows', async () => {
        const { json } = await rest.get(`${BASE}/jobs/${job}`)
        return json.data.state_reasons.length > 0 ? json.data : undefined
      })
      expect(waiting.state_reasons[0]).to.equal(reason)
      expect(zebra.received.join('')).to.equal('')
      zebra.mode = 'healthy'
      await until('the job ends', `/jobs/${job}`, { status: 'completed' })
      await until('the printer is well', `/printers?print_station_id=${station}`, {
        status: 'online',
        state_reasons: [],
      })
      expect(zebra.printed).to.deep.equal([LABEL])
    })
  }

  it('keeps the job of a Zebra that runs out amid its labels, and shows why', async () => {
    const station = await addPrinter('zpl', zebra.port)
    const job = await addLabel(station, 30)
    await eventually('the first is out', () => (zebra.printed.length > 0 ? true : undefined))
    zebra.mode = 'paper out'
    await until('the printer is in trouble', `/printers?print_station_id=${station}`, {
      status: 'error',
      state_reasons: 'media-empty,paused',
    })
    expect((await rest.get(`${BASE}/jobs/${job}`)).json.data.status).to.equal('processing')
    zebra.mode = 'healthy'
    await until('the job ends', `/jobs/${job}`, { status: 'completed' })
    await until('the printer is well', `/printers?print_station_id=${station}`, { status: 'online' })
    expect(zebra.printed).to.have.length(30)
  })

  it('confirms the copies of a page that became a label, by what the printer has left', async () => {
    const pdf = await makePdf({ pages: 1, widthPt: 288, heightPt: 432, text: 'dock 7' })
    const job = await addJob(
      await addPrinter('zpl', zebra.port),
      'application/pdf',
      pdf.toString('latin1'),
      3,
    )
    await until('the job ends', `/jobs/${job}`, { status: 'completed' })
    expect(zebra.printed).to.have.length(3)
    const { json } = await rest.get(`${BASE}/jobs/${job}/attempts`)
    expect(json.data.map(({ outcome }: { outcome: string }) => outcome)).to.deep.equal(['confirmed'])
  })

  it('never prints a label again after the connection was reset in it', async () => {
    zebra.resetAfterBytes = 10
    const job = await addLabel(await addPrinter('zpl', zebra.port))
    const failed = await until('the job ends', `/jobs/${job}`, { status: 'failed' })
    expect(failed.reason).to.match(/^outcome-unknown: .*it may have printed/)
    expect(zebra.received.filter((bytes) => bytes !== '')).to.have.length(1)
  })

  it('holds an ordinary receipt for paper and prints it once there is some', async () => {
    const epson = await startEscposPrinter('paper end')
    const station = await addPrinter('escpos', epson.port)
    const job = await addJob(station, 'application/vnd.escpos', '\x1b@receipt\n')
    await until('the job waits for paper', `/jobs/${job}`, { status: 'queued', state_reasons: 'media-empty' })
    await until('the printer is in trouble', `/printers?print_station_id=${station}`, { status: 'error' })
    epson.mode = 'healthy'
    await until('the job ends', `/jobs/${job}`, { status: 'completed' })
    expect(epson.jobs.map(String)).to.deep.equal(['\x1b@receipt\n'])
    const { json } = await rest.get(`${BASE}/jobs/${job}/attempts`)
    expect(json.data.at(-1).outcome).to.equal('sent')
    await epson.close()
  })
})
