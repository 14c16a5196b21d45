import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { PDFDocument } from 'pdf-lib'
import { GROUP } from '../../lib/delivery/ipp-tags.ts'
import { eventually } from '../helpers/eventually.ts'
import { aJob, answering, type FakeIppPrinter, startFakeIppPrinter } from '../helpers/fake-ipp-printer.ts'
import { freePort } from '../helpers/free-port.ts'
import { createRestClient, type RestClient } from '../helpers/rest-client.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { type SocketSink, startSocketSink } from '../helpers/socket-sink.ts'
import { aStationFolder, runStationClient, type StationFolder } from '../helpers/station-process.ts'

const BASE = '/v1/cloud-printing'
/** RFC 8011, section 5.3.7. */
const ABORTED = 8

/** A page of its own for each job, told apart by a comment. */
function pdfOf(marker: string): string {
  const pdf =
    `%PDF-1.4\n%${marker};\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n` +
    '2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n' +
    '3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]>>\nendobj\ntrailer\n<</Root 1 0 R/Size 4>>\n%%EOF\n'
  return `data:application/pdf;base64,${Buffer.from(pdf).toString('base64')}`
}

describe('packhouse-station', function () {
  this.timeout(120_000)
  let server: TestServer
  let admin: RestClient
  let cleanUp: (() => Promise<unknown>)[]

  beforeEach(() => {
    cleanUp = []
  })
  afterEach(async () => {
    for (const step of cleanUp.toReversed()) await step()
  })

  async function serve(options: Parameters<typeof startServer>[0] = {}): Promise<void> {
    server = await startServer(options)
    cleanUp.push(() => server.stop())
    admin = createRestClient(server.url, server.credentials.admin.api_key)
  }

  async function addStation(...names: string[]): Promise<string> {
    const { status, text, json } = await admin.post(`${BASE}/stations`, {
      name: 'Behind NAT',
      location_id: server.credentials.location_id,
      printers: names.map((name) => ({ name, page_size: { letter: true } })),
    })
    expect(status, text).to.equal(201)
    return json.data.id
  }

  async function addJob(stationId: string, printerName: string, more: object = {}): Promise<string> {
    jobs += 1
    const { status, text, json } = await admin.post(`${BASE}/jobs`, {
      location_id: server.credentials.location_id,
      print_station_id: stationId,
      printer_name: printerName,
      data: pdfOf(`job-${String(jobs).padStart(4, '0')}`),
      ...more,
    })
    expect(status, text).to.equal(201)
    return json.data.id
  }
  let jobs = 0

  async function aFolder(stationId: string, printers: object): Promise<StationFolder> {
    const folder = await aStationFolder({
      server: server.url,
      api_key: server.credentials.admin.api_key,
      station_id: stationId,
      printers,
    })
    cleanUp.push(() => folder.remove())
    return folder
  }

  async function aSink(options: Parameters<typeof startSocketSink>[0] = {}): Promise<SocketSink> {
    const sink = await startSocketSink(options)
    cleanUp.push(() => sink.close())
    return sink
  }

  const socketTo = ({ host, port }: { host: string; port: number }) => ({ type: 'socket', host, port })

  const jobOf = async (id: string) => (await admin.get(`${BASE}/jobs/${id}`)).json.data
  const ended = (id: string) =>
    eventually(`job ${id} ends`, async () => {
      const job = await jobOf(id)
      return job.status === 'queued' || job.status === 'processing' ? undefined : job
    })

  const markersOf = (sink: SocketSink) => sink.received.toString('latin1').match(/job-\d{4};/g) ?? []

  it('prints 200 jobs at two printers with two clients, each job once', async function () {
    this.timeout(240_000)
    await serve()
    const sinks = [await aSink(), await aSink()]
    const printers = { a: socketTo(sinks[0] as SocketSink), b: socketTo(sinks[1] as SocketSink) }
    const stationId = await addStation('a', 'b')
    const clients = [await aFolder(stationId, printers), await aFolder(stationId, printers)].map((folder) =>
      folder.start(),
    )
    await Promise.all(clients.map((client) => client.said('"serving"')))
    const ids: string[] = []
    for (let round = 0; round < 25; round += 1) {
      const names = Array.from({ length: 8 }, (_, index) => (index % 2 === 0 ? 'a' : 'b'))
      ids.push(...(await Promise.all(names.map((name) => addJob(stationId, name)))))
    }
    for (const id of ids) expect((await ended(id)).status).to.equal('completed')
    const printed = sinks.flatMap(markersOf)
    expect(printed).to.have.length(200)
    expect(new Set(printed).size).to.equal(200)
    // Both had their share: neither was shut out by the other.
    for (const client of clients) {
      expect(client.lines.filter((line) => line.includes('"delivered"'))).to.not.have.length(0)
      client.process.kill('SIGTERM')
      expect(await client.ended).to.equal(0)
    }
  })

  it('leaves a job to lapse that was in hand when it was killed, and never prints it again', async () => {
    await serve({ claimTtlSeconds: 3 })
    const sink = await aSink({ closes: false })
    const stationId = await addStation('a')
    const folder = await aFolder(stationId, { a: socketTo(sink) })
    const client = folder.start()
    const inHand = await addJob(stationId, 'a')
    await sink.ended
    client.process.kill('SIGKILL')
    await client.ended
    const job = await ended(inHand)
    expect(job.status).to.equal('failed')
    expect(job.reason).to.match(/^claim-timeout: .*may have printed/)
    const attempts = (await admin.get(`${BASE}/jobs/${inHand}/attempts`)).json.data
    expect(attempts.map(({ outcome }: { outcome: string }) => outcome)).to.deep.equal(['unknown'])

    const next = folder.start()
    await next.said('left to lapse')
    const after = await addJob(stationId, 'a')
    expect((await ended(after)).status).to.equal('completed')
    expect(sink.connections).to.equal(2)
    expect(new Set(markersOf(sink)).size).to.equal(2)
    expect((await jobOf(inHand)).status).to.equal('failed')
  })

  it('lets a job in hand end, and reports it, however often it is told to stop', async () => {
    await serve()
    const sink = await aSink({ closes: false })
    const stationId = await addStation('a')
    const client = (await aFolder(stationId, { a: socketTo(sink) })).start()
    const id = await addJob(stationId, 'a')
    await sink.ended
    const interrupt = () => void client.process.kill('SIGINT')
    interrupt()
    const again = setInterval(interrupt, 50)
    expect(await client.ended.finally(() => clearInterval(again))).to.equal(0)
    expect((await jobOf(id)).status).to.equal('completed')
  })

  it('says that nothing was printed of a job that it had not begun to send when it was killed', async () => {
    await serve()
    const port = await freePort()
    const stationId = await addStation('a')
    const folder = await aFolder(stationId, { a: { type: 'socket', host: '127.0.0.1', port } })
    const client = folder.start()
    const inHand = await addJob(stationId, 'a')
    const journal = join(folder.stateDir, 'journal.jsonl')
    await eventually('it has it in hand', async () =>
      (await readFile(journal, 'utf8').catch(() => '')).includes(inHand) ? true : undefined,
    )
    client.process.kill('SIGKILL')
    await client.ended

    const sink = await aSink({ port })
    folder.start()
    const job = await ended(inHand)
    expect([job.status, job.reason]).to.deep.equal([
      'failed',
      'aborted-by-system: the station client ended before the first byte, and nothing was printed',
    ])
    const attempts = (await admin.get(`${BASE}/jobs/${inHand}/attempts`)).json.data
    expect(attempts.map(({ outcome }: { outcome: string }) => outcome)).to.deep.equal(['not_sent'])
    expect((await ended(await addJob(stationId, 'a'))).status).to.equal('completed')
    expect(markersOf(sink)).to.have.length(1)
  })

  it('keeps its claim while a slow printer has the job', async () => {
    await serve({ claimTtlSeconds: 2 })
    const sink = await aSink({ closes: false })
    const stationId = await addStation('a')
    const client = (await aFolder(stationId, { a: socketTo(sink) })).start()
    const id = await addJob(stationId, 'a')
    expect((await ended(id)).status).to.equal('completed')
    expect(client.lines.join()).to.include('kept the connection open')
  })

  it('reports what it printed while the server was away, and goes on by itself', async () => {
    await serve({ env: { PORT: String(await freePort()) } })
    const sink = await aSink({ closes: false })
    const stationId = await addStation('a')
    const client = (await aFolder(stationId, { a: socketTo(sink) })).start()
    const id = await addJob(stationId, 'a')
    await sink.ended
    await server.pause()
    await client.said('report not taken')
    await server.resume()
    expect((await ended(id)).status).to.equal('completed')
    const later = await addJob(stationId, 'a')
    expect((await ended(later)).status).to.equal('completed')
    expect(sink.connections).to.equal(2)
  })

  it('tells at its next start what it had printed, when the server was away at its end', async () => {
    await serve()
    const sink = await aSink()
    const stationId = await addStation('a')
    const id = await addJob(stationId, 'a')
    const folder = await aFolder(stationId, { a: socketTo(sink) })
    const claimed = (await admin.get(`${BASE}/stations/${stationId}/next?wait=0`)).json.data
    expect(claimed.id).to.equal(id)
    const lines = [
      { job_id: id, step: 'claimed' },
      { job_id: id, step: 'sending' },
      { job_id: id, step: 'ended', end: { status: 'completed', reason: null } },
    ]
    const journal = join(folder.stateDir, 'journal.jsonl')
    await writeFile(journal, `${lines.map((line) => JSON.stringify(line)).join('\n')}\n{"job_id":"half`)
    folder.start()
    expect((await ended(id)).status).to.equal('completed')
    expect(sink.connections).to.equal(0)
    await eventually('the journal says so', async () =>
      (await readFile(journal, 'utf8')).includes('"reported"') ? true : undefined,
    )
  })

  it('prints by IPP, reports what the printer says, and shows the printer that is to be identified', async () => {
    await serve()
    const printer = await startFakeIppPrinter()
    cleanUp.push(() => printer.close())
    const stationId = await addStation('a')
    const client = (await aFolder(stationId, { a: { type: 'ipp', uri: printer.uri } })).start()
    const job = await ended(await addJob(stationId, 'a'))
    expect(job.status).to.equal('completed')
    const { data } = (await admin.get(`${BASE}/printers?print_station_id=${stationId}`)).json
    await eventually('the client follows the events', () => askedToIdentify(data[0].id, printer))
    await client.said('"identified"')
  })

  async function askedToIdentify(printerId: string, printer: FakeIppPrinter): Promise<true | undefined> {
    await admin.post(`${BASE}/printers/${printerId}/identify`)
    return printer.asked.includes('identifyPrinter') ? true : undefined
  }

  it('reports the words of a printer, wherever they have to be cut', async () => {
    await serve()
    const words = { tag: 'textWithoutLanguage', value: `x${'\u{1f5a8}'.repeat(600)}` } as const
    const job = [...aJob(ABORTED), { name: 'job-state-message', values: [words] }]
    const printer = await startFakeIppPrinter({ getJobAttributes: answering(0, GROUP.job, job) })
    cleanUp.push(() => printer.close())
    const stationId = await addStation('a')
    ;(await aFolder(stationId, { a: { type: 'ipp', uri: printer.uri } })).start()
    const { status, reason } = await ended(await addJob(stationId, 'a'))
    expect(status).to.equal('failed')
    expect(reason).to.match(/^aborted-by-system: job aborted: x\u{1f5a8}+/u)
  })

  it('prints with the settings of the job', async () => {
    await serve()
    const stationId = await addStation('a')
    const pdf = await PDFDocument.create()
    for (const width of [300, 310, 320]) pdf.addPage([width, 400])
    const data = `data:application/pdf;base64,${await pdf.saveAsBase64()}`
    const print = async (configuration: object) => {
      const sink = await aSink()
      const client = (await aFolder(stationId, { a: socketTo(sink) })).start()
      const job = await ended(await addJob(stationId, 'a', { data, configuration }))
      expect([job.status, job.reason]).to.deep.equal(['completed', null])
      client.process.kill('SIGTERM')
      await client.ended
      const printed = await PDFDocument.load(sink.received)
      return printed.getPages().map((page) => [page.getWidth(), page.getHeight()])
    }
    const [first, third] = [
      [300, 400],
      [320, 400],
    ]
    expect(await print({ pages_to_print: ['3', '1'], copies: 2 })).to.deep.equal([third, first, third, first])
    expect(await print({ pages_to_print: ['1', '3'], reverse_order: true })).to.deep.equal([third, first])
    // Onto the paper that the printer has.
    expect(await print({ pages_to_print: ['2'], scaling: 0.5 })).to.deep.equal([[612, 792]])
  })

  it('lets one client alone use a journal', async () => {
    await serve()
    const stationId = await addStation('a')
    const folder = await aFolder(stationId, { a: socketTo(await aSink()) })
    const first = folder.start()
    await first.said('"serving"')
    const second = folder.start()
    expect(await second.ended).to.equal(1)
    expect(second.lines.join()).to.include('another station client')
    first.process.kill('SIGKILL')
    await first.ended
    await folder.start().said('"serving"')
  })

  it('tells every mistake of its configuration at once, and never the key', async () => {
    const folder = await aStationFolder({
      server: 'packhouse.example',
      api_key: 'secret-key',
      printers: {
        x: { type: 'usb' },
        y: { type: 'socket', host: 'a b', port: 9100 },
        z: { type: 'ipp', uri: 'http://printer/' },
      },
    })
    cleanUp.push(() => folder.remove())
    const client = folder.start()
    expect(await client.ended).to.equal(1)
    expect(client.lines.map((line) => line.split(' ')[0])).to.deep.equal([
      'server',
      'station_id',
      'printers.x',
      'printers.y',
      'printers.z',
    ])
    expect(client.lines.join()).to.not.include('secret-key')
    for (const text of ['', '# key of the back office\nsecret-key\n', 'secret-kéy']) {
      const path = join(folder.stateDir, 'key')
      await writeFile(path, text)
      const printers = { x: { type: 'socket', host: 'printer', port: 9100 } }
      const wrong = await aStationFolder({
        server: 'http://127.0.0.1:9',
        api_key_file: path,
        station_id: 'prnt_stn_1',
        printers,
      })
      cleanUp.push(() => wrong.remove())
      const keyless = wrong.start()
      expect(await keyless.ended).to.equal(1)
      expect(keyless.lines.join()).to.match(/^api_key /)
      expect(keyless.lines.join()).to.not.match(/secret-k/)
    }
    const usage = runStationClient([])
    expect(await usage.ended).to.equal(1)
    expect(usage.lines.join()).to.include('usage: packhouse-station')
  })
})
