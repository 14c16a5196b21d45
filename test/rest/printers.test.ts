import { access, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { eventually } from '../helpers/eventually.ts'
import { startIppPrinter } from '../helpers/ippeveprinter.ts'
import type { RestClient } from '../helpers/rest-client.ts'
import { startSocketSink } from '../helpers/socket-sink.ts'
import { eventsOf } from '../printers/printing-fixtures.ts'
import { openRestWorkspace, type RestWorkspace } from './rest-fixtures.ts'

const PATH = '/v1/cloud-printing/printers'

describe('/v1/cloud-printing/printers', function () {
  this.timeout(60_000)
  let workspace: RestWorkspace
  let admin: RestClient

  before(async () => {
    workspace = await openRestWorkspace({ PRINTER_PORTS: '1-65535' })
    admin = workspace.admin
  })
  after(() => workspace.stop())

  let counter = 0

  // biome-ignore lint/suspicious/noExplicitAny: answers are judged by the assertions
  async function addPrinters(printers: readonly object[], more: object = {}): Promise<any> {
    counter += 1
    const body = {
      name: `Place ${counter}`,
      location_id: workspace.server.credentials.location_id,
      printers,
      ...more,
    }
    const reply = await admin.post('/v1/cloud-printing/stations', body)
    expect(reply.status, reply.text).to.equal(201)
    return reply.json.data
  }

  const shown = async (id: string) => (await admin.get(`${PATH}/${id}`)).json.data
  const idsOf = async (query: string) =>
    (await admin.get(`${PATH}?${query}`)).json.data.map(({ id }: { id: string }) => id)

  it('shows a printer with its place, as its station does', async () => {
    const station = await addPrinters([{ name: 'a', model: 'M' }], { display_name: 'Desk' })
    const printer = await shown(station.printers[0].id)
    expect(printer).to.deep.equal({
      ...station.printers[0],
      location_id: station.location_id,
      station: { id: station.id, name: station.name, display_name: 'Desk' },
    })
  })

  it('filters by location, station, status and pool', async () => {
    const place = await workspace.newLocation()
    const station = await addPrinters(
      [{ name: 'a', pool: 'LABEL' }, { name: 'b', pool: 'LASER', status: 'error' }, { name: 'c' }],
      { location_id: place },
    )
    const [a, b, c] = station.printers.map(({ id }: { id: string }) => id)
    expect(await idsOf(`location_id=${place}&direction=asc`)).to.deep.equal([a, b, c])
    expect(await idsOf(`print_station_id=${station.id}`)).to.deep.equal([c, b, a])
    expect(await idsOf(`print_station_id=${station.id}&pool=LABEL`)).to.deep.equal([a])
    expect(await idsOf(`print_station_id=${station.id}&status=error`)).to.deep.equal([b])
    expect(await idsOf('print_station_id=nowhere')).to.deep.equal([])
    for (const query of ['pool=INK', 'status=gone', 'limit=0']) {
      expect((await admin.get(`${PATH}?${query}`)).json.code).to.equal('validation_error')
    }
    await admin.delete(`/v1/cloud-printing/stations/${station.id}`)
    expect(await idsOf(`location_id=${place}`)).to.deep.equal([])
  })

  it('knows neither malformed nor removed ids', async () => {
    const unknown = ['x', '019abcde-1234-7abc-8def-0123456789ab', '%00']
    for (const id of unknown) {
      expect((await admin.get(`${PATH}/${id}`)).status, id).to.equal(404)
      for (const action of ['pause', 'resume', 'identify', 'test-page']) {
        expect((await admin.post(`${PATH}/${id}/${action}`)).json.code).to.equal('not_found')
      }
    }
  })

  it('shows limited keys their location alone, and lets readers change nothing', async () => {
    const place = await workspace.newLocation()
    const theirs = (await addPrinters([{ name: 'a' }], { location_id: place })).printers[0].id
    const ours = await addPrinters([{ name: 'a' }])
    const { client } = await workspace.keyWith(['print_stations:write'], { limit_to_location: place })
    expect((await client.get(PATH)).json.data.map(({ id }: { id: string }) => id)).to.deep.equal([theirs])
    for (const reply of [
      await client.get(`${PATH}/${ours.printers[0].id}`),
      await client.post(`${PATH}/${ours.printers[0].id}/pause`),
      await client.get(`${PATH}?location_id=${ours.location_id}`),
      await client.get(`${PATH}?print_station_id=${ours.id}`),
    ]) {
      expect(reply.json.code).to.equal('location_access')
    }
    const reader = (await workspace.keyWith(['print_stations:read'])).client
    expect((await reader.post(`${PATH}/${theirs}/pause`)).json.code).to.equal('missing_scope')
  })

  it('pauses and resumes with an event each, and repeating it changes nothing', async () => {
    const id = (await addPrinters([{ name: 'a' }])).printers[0].id
    const steps = [
      ['pause', true, ['cloud_printing.printer.state_changed']],
      ['pause', true, []],
      ['resume', false, ['cloud_printing.printer.state_changed']],
      ['resume', false, []],
    ] as const
    let before = await shown(id)
    for (const [action, isPaused, events] of steps) {
      const { status, json } = await admin.post(`${PATH}/${id}/${action}`)
      expect([status, json.message, json.events]).to.deep.equal([200, 'Printer updated', events])
      expect(json.data.paused).to.equal(isPaused)
      if (events.length === 0) expect(json.data).to.deep.equal(before)
      before = json.data
    }
    const recorded = await eventsOf(workspace.server.db, id)
    expect(recorded.map(({ type, sequence, data }) => [type, sequence, data['previous']])).to.deep.equal([
      ['cloud_printing.printer.state_changed', 1, { status: 'online', stateReasons: [] }],
      ['cloud_printing.printer.state_changed', 2, { status: 'online', stateReasons: [] }],
    ])
  })

  it('lets a paused printer take jobs and print none, and prints them all when it is resumed', async () => {
    const sink = await startSocketSink()
    const connection = { type: 'socket', host: sink.host, port: sink.port, language: 'raw' }
    const id = (await addPrinters([{ name: 'a', connection }])).printers[0].id
    await admin.post(`${PATH}/${id}/pause`)
    const jobs = [await admin.post(`${PATH}/${id}/test-page`), await admin.post(`${PATH}/${id}/test-page`)]
    expect(jobs.map(({ json }) => json.data.state_reasons)).to.deep.equal([['paused'], ['paused']])
    expect(await shown(id)).to.include({ paused: true, queue_depth: 2 })
    // The dispatcher looks at every queue every 2 s.
    const beginning = performance.now()
    await eventually('the dispatcher has looked', () =>
      performance.now() - beginning > 2_500 ? true : undefined,
    )
    expect(sink.connections).to.equal(0)
    await admin.post(`${PATH}/${id}/resume`)
    await eventually('both are printed', async () => ((await shown(id)).queue_depth === 0 ? true : undefined))
    expect(sink.connections).to.equal(2)
    await sink.close()
  })

  it('prints a test page in whatever language the printer takes', async () => {
    const station = await addPrinters(
      ['zpl', 'escpos', 'raw', 'pdf'].map((language) => ({
        name: language,
        connection: { type: 'socket', host: '192.0.2.1', port: 9100, language },
      })),
    )
    const types: string[] = []
    for (const { id } of station.printers) {
      const { status, json } = await admin.post(`${PATH}/${id}/test-page`)
      expect([status, json.message, json.events]).to.deep.equal([
        201,
        'Print job created',
        ['cloud_printing.job.created'],
      ])
      expect(json.data).to.include({ object: 'print_job', name: 'Test page' })
      expect(json.data.printer.id).to.equal(id)
      types.push(json.data.data_type)
    }
    expect(types).to.deep.equal([
      'application/vnd.zebra-zpl',
      'application/vnd.escpos',
      'application/vnd.escpos',
      'application/pdf',
    ])
  })

  describe('identify', () => {
    it('prints the name where the language allows it', async () => {
      for (const [language, form] of [
        ['zpl', /^\^XA.*\^FDB_5Ee\^FS\^XZ\n$/],
        // biome-ignore lint/suspicious/noControlCharactersInRegex: commands of ESC/POS
        ['escpos', /^\x1b@\x07B\^e\n/],
      ] as const) {
        const sink = await startSocketSink()
        const connection = { type: 'socket', host: sink.host, port: sink.port, language }
        const id = (await addPrinters([{ name: 'B^é', connection }])).printers[0].id
        const { status, json } = await admin.post(`${PATH}/${id}/identify`)
        expect([status, json.data.id, json.events]).to.deep.equal([200, id, []])
        expect((await sink.ended).toString('latin1')).to.match(form)
        await sink.close()
      }
    })

    it('says so where no way leads to the printer', async () => {
      const station = await addPrinters([
        { name: 'pdf', connection: { type: 'socket', host: '127.0.0.1', port: 9, language: 'pdf' } },
        { name: 'off', connection: { type: 'socket', host: '127.0.0.1', port: 9, language: 'zpl' } },
      ])
      const [pdf, off] = station.printers
      const refused = await admin.post(`${PATH}/${pdf.id}/identify`)
      expect([refused.status, refused.json.code]).to.deep.equal([400, 'validation_error'])
      expect(refused.json.errors.join()).to.include("can't show itself")
      const { status, json } = await admin.post(`${PATH}/${off.id}/identify`)
      expect([status, json.code]).to.deep.equal([503, 'unavailable'])
      expect(json.message).to.include('connection refused')
    })

    it('leaves a note in the folder of a virtual printer', async () => {
      const id = (await addPrinters([{ name: 'Folder', connection: { type: 'virtual' } }])).printers[0].id
      expect((await admin.post(`${PATH}/${id}/identify`)).status).to.equal(200)
      const path = join(workspace.server.dataDir, 'virtual-printers', 'Folder', 'identify.txt')
      await access(path)
      expect(await readFile(path, 'utf8')).to.match(/^Folder\n/)
    })

    it('asks an IPP printer by Identify-Printer', async function () {
      const printer = await startIppPrinter(this)
      const connection = { type: 'ipp', uri: printer.uri }
      const id = (await addPrinters([{ name: 'a', connection }])).printers[0].id
      expect((await admin.post(`${PATH}/${id}/identify`)).status).to.equal(200)
      await printer.close()
    })
  })
})
