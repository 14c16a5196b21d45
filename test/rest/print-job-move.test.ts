import { EventEmitter, once } from 'node:events'
import { expect } from 'chai'
import type { DispatcherStep } from '../../lib/print-jobs/delivery-step.ts'
import { makePdf } from '../helpers/documents.ts'
import { eventually } from '../helpers/eventually.ts'
import { createRestClient, type RestClient } from '../helpers/rest-client.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { type SocketSink, startSocketSink } from '../helpers/socket-sink.ts'
import { assertRefused, dataUri, JOBS } from './print-job-fixtures.ts'

const PRINTERS = '/v1/cloud-printing/printers'
const STATIONS = '/v1/cloud-printing/stations'

describe('POST /v1/cloud-printing/jobs/:id/move', function () {
  this.timeout(60_000)
  let server: TestServer
  let admin: RestClient
  let sinks: readonly [SocketSink, SocketSink]
  let stationId: string
  /** Two that take ZPL, one that takes PDF, and one of a client that takes everything. */
  let printers: Record<'A' | 'B' | 'pdf' | 'client', string>
  let onStep: (step: DispatcherStep) => Promise<void> | void = () => undefined

  beforeEach(async () => {
    sinks = [await startSocketSink(), await startSocketSink()]
    server = await startServer({
      env: { PRINTER_PORTS: '1-65535' },
      checkpoint: (step) => onStep(step),
      printingTiming: { retryMinMs: 20, retryMaxMs: 40 },
    })
    admin = createRestClient(server.url, server.credentials.admin.api_key)
    const at = ({ host, port }: SocketSink, language: 'raw' | 'pdf') =>
      ({ type: 'socket', host, port, language }) as const
    const station = await server.services.printers.createStation('usr_test', {
      locationId: server.credentials.location_id,
      name: 'Movers',
      printers: [
        { name: 'A', connection: at(sinks[0], 'raw') },
        { name: 'B', connection: at(sinks[1], 'raw') },
        { name: 'pdf', connection: at(sinks[1], 'pdf') },
        { name: 'client' },
      ],
    })
    stationId = station.stationId
    printers = Object.fromEntries(
      station.printers.map(({ name, printerId }) => [name, printerId]),
    ) as typeof printers
  })
  afterEach(async () => {
    onStep = () => undefined
    await server.stop()
    await Promise.all(sinks.map((sink) => sink.close()))
  })

  // biome-ignore lint/suspicious/noExplicitAny: judged by the assertions
  async function submit(text: string, printerName: string): Promise<any> {
    const { json } = await admin.post(JOBS, {
      location_id: server.credentials.location_id,
      print_station_id: stationId,
      printer_name: printerName,
      name: text,
      data: ['A', 'B'].includes(printerName)
        ? dataUri('application/vnd.zebra-zpl', `^XA^FD${text}^FS^XZ`)
        : dataUri('application/pdf', await makePdf({ text })),
    })
    expect(json.status, JSON.stringify(json.errors)).to.equal(201)
    return json.data
  }
  const pause = (name: keyof typeof printers) => admin.post(`${PRINTERS}/${printers[name]}/pause`, {})
  const resume = (name: keyof typeof printers) => admin.post(`${PRINTERS}/${printers[name]}/resume`, {})
  const move = (id: string, to: string, client = admin) =>
    client.post(`${JOBS}/${id}/move`, { printer_id: to })
  const jobNow = async (id: string) => (await admin.get(`${JOBS}/${id}`)).json.data
  const isPrinted = (id: string) =>
    eventually(`${id} is printed`, async () => ((await jobNow(id)).status === 'completed' ? true : undefined))
  /** How often a document was received, wherever. */
  const copiesOf = (text: string) =>
    Buffer.concat(sinks.map(({ received }) => received))
      .toString()
      .split(`^FD${text}^FS`).length - 1

  it('takes the very job to the other queue: it prints there, once, and says whence it came', async () => {
    await pause('A')
    const { id } = await submit('moved', 'A')
    const { status, json } = await move(id, printers.B)
    expect([status, json.message, json.events]).to.deep.equal([200, 'Print job updated', []])
    expect(json.data).to.deep.include({ id, status: 'queued', reprint_of: null })
    expect(json.data.printer.name).to.equal('B')
    expect(json.data.warnings).to.deep.equal(['printer-changed: admin moved it from A to B at Movers'])
    await isPrinted(id)
    await resume('A')
    const after = await submit('after', 'A')
    await isPrinted(after.id)
    expect([copiesOf('moved'), copiesOf('after')]).to.deep.equal([1, 1])
    expect(sinks[1].received.toString()).to.include('moved')
  })

  it('keeps its place by age in the other queue, and moves once however often it is asked', async () => {
    await pause('A')
    await pause('B')
    const old = await submit('old', 'A')
    const young = await submit('young', 'B')
    for (let times = 0; times < 2; times += 1) expect((await move(old.id, printers.B)).status).to.equal(200)
    expect((await jobNow(old.id)).warnings).to.have.length(1)
    await resume('B')
    await isPrinted(young.id)
    expect(sinks[1].received.toString()).to.match(/old.*young/s)
  })

  it('is refused for a job that is being tried, being sent, or has ended', async () => {
    for (const step of ['reached', 'marked'] as const) {
      const doors = new EventEmitter()
      const arrived = once(doors, 'arrived')
      const left = once(doors, 'left')
      onStep = async (reached) => {
        if (reached !== step) return
        onStep = () => undefined
        doors.emit('arrived')
        await left
      }
      const { id } = await submit(`at ${step}`, 'A')
      await arrived
      assertRefused(await move(id, printers.B), 400, 'invalid_status_transition')
      doors.emit('left')
      await isPrinted(id)
      assertRefused(await move(id, printers.B), 400, 'invalid_status_transition')
      expect(copiesOf(`at ${step}`)).to.equal(1)
    }
    expect(sinks[1].received).to.have.length(0)
  })

  it('prints each job once when the queue is let go at the same moment', async () => {
    await pause('A')
    const texts = Array.from({ length: 12 }, (_, index) => `race ${index};`)
    const jobs = []
    for (const text of texts) jobs.push(await submit(text, 'A'))
    const [, ...moves] = await Promise.all([
      resume('A'),
      ...jobs.toReversed().map(({ id }) => move(id, printers.B)),
    ])
    for (const { id } of jobs) await isPrinted(id)
    expect(texts.map(copiesOf)).to.deep.equal(texts.map(() => 1))
    const moved = moves.filter(({ status }) => status === 200).length
    expect(sinks[1].received.toString().split('^XA').length - 1).to.equal(moved)
  })

  it('leaves a job of a station client either to the client or to the other printer', async () => {
    const ids: string[] = []
    for (let n = 0; n < 6; n += 1) ids.push((await submit(`client ${n};`, 'client')).id)
    const next = () => admin.get(`${STATIONS}/${stationId}/next?wait=0`)
    for (const id of ids) {
      const [claim, moved] = await Promise.all([next(), move(id, printers.pdf)])
      const claimed = claim.json.data?.id ?? null
      if (claimed === id) expect(moved.status).to.equal(400)
      if (claimed !== null) await admin.post(`${JOBS}/${claimed}`, { status: 'completed' })
      if (moved.status === 200) await isPrinted(id)
      expect([200, 400]).to.include(moved.status)
    }
    await pause('pdf')
    const { id } = await submit('to the client', 'pdf')
    const held = admin.get(`${STATIONS}/${stationId}/next?wait=20`)
    await move(id, printers.client)
    expect((await held).json.data.id).to.equal(id)
  })

  it('is refused where the printer is not of the location, can not print it, or was removed', async () => {
    await pause('A')
    const { id } = await submit('stays', 'A')
    const { json } = await admin.post('/v1/locations', { name: 'Far' })
    const far = await server.services.printers.createStation('usr_test', {
      locationId: json.data.id,
      name: 'Far',
      printers: [{ name: 'far' }],
    })
    assertRefused(await move(id, far.printers[0]?.printerId ?? ''), 400, 'no_compatible_printer')
    assertRefused(await move(id, printers.pdf), 400, 'no_compatible_printer')
    await admin.post(`${STATIONS}/${stationId}`, { printers: [{ name: 'A' }, { name: 'client' }] })
    assertRefused(await move(id, printers.B), 404, 'not_found')
    for (const unknown of ['nothing', '', '\u0000']) {
      assertRefused(await move(id, unknown), 404, 'not_found')
    }
    assertRefused(await admin.post(`${JOBS}/${id}/move`, {}), 400, 'validation_error')
    assertRefused(await admin.post(`${JOBS}/${id}/move`, { printer_id: 7 }), 400, 'validation_error')
    assertRefused(await move('prnt_job_none', printers.A), 404, 'not_found')
    expect(await jobNow(id)).to.deep.include({ status: 'queued', warnings: [] })
  })

  it('takes the right to print: a scope, the location, an open station', async () => {
    await pause('A')
    const { id } = await submit('guarded', 'A')
    const keyWith = async (scopes: readonly string[], more = {}) => {
      const { json } = await admin.post('/v1/api-keys', { name: 'guard', scopes, ...more })
      return admin.as(json.data.api_key)
    }
    assertRefused(await move(id, printers.B, await keyWith(['print_jobs:read'])), 403, 'missing_scope')
    const { json } = await admin.post('/v1/locations', { name: 'Elsewhere' })
    const elsewhere = await keyWith(['print_jobs:write'], { limit_to_location: json.data.id })
    assertRefused(await move(id, printers.B, elsewhere), 403, 'location_access')
    const closed = await server.services.printers.createStation('usr_test', {
      locationId: server.credentials.location_id,
      name: 'Closed',
      allowAllUsers: false,
      printers: [{ name: 'closed' }],
    })
    assertRefused(await move(id, closed.printers[0]?.printerId ?? ''), 403, 'unauthorized')
    expect((await jobNow(id)).printer.name).to.equal('A')
  })
})
