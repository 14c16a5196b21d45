import { expect } from 'chai'
import fc from 'fast-check'
import { eventually } from '../helpers/eventually.ts'
import type { RestClient, RestReply } from '../helpers/rest-client.ts'
import { eventsOf } from '../printers/printing-fixtures.ts'
import { openRestWorkspace, type RestWorkspace, TIME } from './rest-fixtures.ts'

const PATH = '/v1/cloud-printing/stations'
const PDF = `data:application/pdf;base64,${Buffer.from(
  '%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n' +
    '3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]>>\nendobj\ntrailer\n<</Root 1 0 R/Size 4>>\n%%EOF\n',
).toString('base64')}`

describe('/v1/cloud-printing/stations', function () {
  this.timeout(60_000)
  let workspace: RestWorkspace
  let admin: RestClient
  let locationId: string

  before(async () => {
    workspace = await openRestWorkspace()
    admin = workspace.admin
    locationId = await workspace.newLocation('Stations')
  })
  after(() => workspace.stop())

  let counter = 0
  const nextName = () => `Station ${(counter += 1)}`

  async function create(body: Record<string, unknown> = {}, client = admin) {
    const reply = await client.post(PATH, { name: nextName(), location_id: locationId, ...body })
    expect(reply.status, reply.text).to.equal(201)
    return reply.json.data
  }

  // biome-ignore lint/suspicious/noExplicitAny: replies are judged by the assertions
  const printerOf = (station: any, name: string) =>
    station.printers.find((printer: { name: string }) => printer.name === name)

  const refusal = ({ status, json }: RestReply) => [status, json.code]

  async function createJob(stationId: string, printerName: string): Promise<string> {
    const reply = await admin.post('/v1/cloud-printing/jobs', {
      location_id: locationId,
      print_station_id: stationId,
      printer_name: printerName,
      data: PDF,
    })
    expect(reply.status, reply.text).to.equal(201)
    return reply.json.data.id
  }

  it('makes a station with every property, and shows it as it was made', async () => {
    const body = {
      name: 'Full',
      display_name: 'Front desk',
      code: 'FULL',
      status: 'offline',
      device_token: 'token-1',
      allow_all_users: false,
      allowed_users: ['usr_a', { id: 'key_b' }],
      configuration: { pooling_enabled: true },
      printers: [
        {
          name: 'Label',
          model: 'ZD421',
          code: 'FULL_LABEL',
          pool: 'LABEL',
          configuration: {
            dpi: '203',
            speed: '4',
            color_print: true,
            double_sided: true,
            spooling: true,
            port: 9100,
            priority: 3,
            type: 'label',
            orientations: ['landscape'],
            thermal: { paper_width_mm: 58, cut: 'none', unknown: 'ignored' },
          },
          page_size: { label_4x6: true, a4: false },
          connection: { type: 'socket', host: '192.0.2.7', port: 9100, language: 'zpl', unknown: 1 },
        },
      ],
    }
    const made = await create(body)
    expect(made).to.deep.include({
      object: 'print_station',
      name: 'Full',
      display_name: 'Front desk',
      code: 'FULL',
      status: 'offline',
      device_token: 'token-1',
      allow_all_users: false,
      allowed_users: [{ id: 'usr_a' }, { id: 'key_b' }],
      configuration: { pooling_enabled: true },
      location_id: locationId,
      location: { id: locationId, name: 'Stations', code: null },
      last_seen_at: null,
    })
    expect(made.id).to.match(/^prnt_stn_[0-9A-Za-z]{22}$/)
    expect(made.created_at).to.match(TIME)
    expect(made.created_by).to.match(/^key_/)
    expect(made.printers[0]).to.deep.include({
      object: 'printer',
      name: 'Label',
      model: 'ZD421',
      code: 'FULL_LABEL',
      pool: 'LABEL',
      status: 'offline',
      paused: false,
      state_reasons: [],
      queue_depth: 0,
      configuration: {
        ...body.printers[0]?.configuration,
        thermal: { paper_width_mm: 58, cut: 'none' },
      },
      page_size: { label_4x6: true },
      connection: { type: 'socket', host: '192.0.2.7', port: 9100, language: 'zpl' },
    })
    expect(made.printers[0].id).to.match(/^[0-9a-f]{8}-[0-9a-f]{4}-7/)
    expect((await admin.get(`${PATH}/${made.id}`)).json.data).to.deep.equal(made)
  })

  it('has defaults for what was not said', async () => {
    const made = await create({ name: 'Bare', printers: [{ name: 'a' }] })
    expect(made).to.deep.include({
      display_name: 'Bare',
      code: null,
      status: 'online',
      device_token: null,
      allow_all_users: true,
      allowed_users: [],
      configuration: { pooling_enabled: false },
    })
    expect(made.printers[0]).to.deep.include({
      model: null,
      code: null,
      pool: null,
      status: 'online',
      page_size: {},
      connection: { type: 'station' },
      configuration: {
        dpi: null,
        speed: null,
        color_print: false,
        double_sided: false,
        spooling: false,
        port: null,
        priority: null,
        type: null,
        orientations: ['portrait', 'landscape'],
        thermal: null,
      },
    })
  })

  it('lists every property that fails, those of forms and those of rules', async () => {
    const { status, json } = await admin.post(PATH, {
      status: 'gone',
      allowed_users: [5],
      printers: [
        { name: 'a', page_size: { nonsense: true, a4: 'yes' }, connection: { type: 'socket', host: 'x' } },
        { name: 'a', pool: 'INK', configuration: { port: '9100', thermal: { cut: 'half' } } },
        { connection: { type: 'socket', host: 'a b', port: 22, language: 'zpl' } },
        { name: 'c', connection: { type: 'ipp', uri: 'http://printer/' } },
      ],
    })
    expect([status, json.code]).to.deep.equal([400, 'validation_error'])
    const begins = (path: string) => json.errors.some((error: string) => error.startsWith(`${path} `))
    for (const path of [
      'name',
      'location_id',
      'status',
      'allowed_users.0',
      'printers.0.page_size',
      'printers.0.page_size.a4',
      'printers.0.connection.port',
      'printers.0.connection.language',
      'printers.1.name',
      'printers.1.pool',
      'printers.1.configuration.port',
      'printers.1.configuration.thermal.cut',
      'printers.2.name',
      'printers.2.connection.host',
      'printers.2.connection.port',
      'printers.3.connection.uri',
    ]) {
      expect(begins(path), `${path} in ${JSON.stringify(json.errors)}`).to.equal(true)
    }
    expect(json.errors).to.have.length(16)
  })

  it('takes 200 printers and no more, and makes all of them or none', async () => {
    const printers = Array.from({ length: 201 }, (_, index) => ({ name: `p${index}` }))
    const tooMany = await admin.post(PATH, { name: 'Big', location_id: locationId, printers })
    expect(refusal(tooMany)).to.deep.equal([400, 'validation_error'])
    const made = await create({ name: 'Big', printers: printers.slice(1) })
    expect(made.printers).to.have.length(200)
  })

  it('keeps names unique in a location, and codes everywhere', async () => {
    const other = await workspace.newLocation('Other')
    await create({ name: 'Twin', code: 'TWIN', printers: [{ name: 'a', code: 'TWIN_A' }] })
    expect((await create({ name: 'Twin', location_id: other })).location_id).to.equal(other)
    const taken = async (body: object) => {
      const { status, json } = await admin.post(PATH, { name: nextName(), location_id: other, ...body })
      expect([status, json.code]).to.deep.equal([409, 'already_exists'])
      return json.errors
    }
    expect(await taken({ name: 'Twin' })).to.deep.equal(['name is taken'])
    expect(await taken({ code: 'TWIN' })).to.deep.equal(['code is taken'])
    expect(await taken({ printers: [{ name: 'x' }, { name: 'y', code: 'TWIN_A' }] })).to.deep.equal([
      'printers.1.code is taken',
    ])
  })

  it('knows only locations that are there', async () => {
    for (const id of ['loc_0000000000000000000000', 'nonsense', 'a\u0000b']) {
      expect(refusal(await admin.post(PATH, { name: 'x', location_id: id }))).to.deep.equal([
        404,
        'not_found',
      ])
    }
    for (const id of ['prnt_stn_0000000000000000000000', 'TWIN', '%00']) {
      expect(refusal(await admin.get(`${PATH}/${id}`)), id).to.deep.equal([404, 'not_found'])
    }
  })

  it('answers the device token to keys that may write', async () => {
    const made = await create({ device_token: 'secret-token' })
    const reader = (await workspace.keyWith(['print_stations:read'])).client
    expect((await reader.get(`${PATH}/${made.id}`)).json.data.device_token).to.equal(null)
    expect((await admin.get(`${PATH}/${made.id}`)).json.data.device_token).to.equal('secret-token')
  })

  it('never answers a password, and keeps it while the address and user stay', async () => {
    const connection = { type: 'ipp', uri: 'ipp://192.0.2.8/ipp/print', username: 'u', password: 'hunter2' }
    const made = await create({ printers: [{ name: 'a', connection }] })
    expect(JSON.stringify(made)).to.not.include('hunter2')
    const stored = async () => {
      const printer = await workspace.server.services.printers.getPrinter(
        workspace.server.db,
        made.printers[0].id,
      )
      return (printer.connection as { password?: string }).password
    }
    const { password: _password, ...shown } = connection
    await admin.post(`${PATH}/${made.id}`, { printers: [{ name: 'a', connection: shown }] })
    expect(await stored()).to.equal('hunter2')
    await admin.post(`${PATH}/${made.id}`, { printers: [{ name: 'a', model: 'M' }] })
    expect(await stored()).to.equal('hunter2')
    const moved = { ...shown, uri: 'ipp://192.0.2.9/ipp/print' }
    await admin.post(`${PATH}/${made.id}`, { printers: [{ name: 'a', connection: moved }] })
    expect(await stored()).to.equal(undefined)
  })

  it('shows limited keys their location alone', async () => {
    const other = await workspace.newLocation('Elsewhere')
    const theirs = await create({ location_id: other })
    const ours = await create()
    const { client } = await workspace.keyWith(['print_stations:write'], { limit_to_location: other })
    expect((await client.get(PATH)).json.data.map(({ id }: { id: string }) => id)).to.deep.equal([theirs.id])
    for (const reply of [
      await client.get(`${PATH}/${ours.id}`),
      await client.post(`${PATH}/${ours.id}`, {}),
      await client.delete(`${PATH}/${ours.id}`),
      await client.get(`${PATH}?location_id=${locationId}`),
      await client.post(PATH, { name: 'x', location_id: locationId }),
      await client.post(`${PATH}/${theirs.id}`, { location_id: locationId }),
    ]) {
      expect(refusal(reply)).to.deep.equal([403, 'location_access'])
    }
  })

  it('filters by location and status, and answers an unknown location with nothing', async () => {
    const place = await workspace.newLocation('Filtered')
    const on = await create({ location_id: place })
    const off = await create({ location_id: place, status: 'offline' })
    const idsOf = async (query: string) => {
      const { json } = await admin.get(`${PATH}?${query}`)
      return json.data.map(({ id }: { id: string }) => id)
    }
    expect(await idsOf(`location_id=${place}`)).to.deep.equal([off.id, on.id])
    expect(await idsOf(`location_id=${place}&status=offline`)).to.deep.equal([off.id])
    expect(await idsOf(`location_id=${place}&direction=asc&limit=1`)).to.deep.equal([on.id])
    expect(await idsOf('location_id=nowhere')).to.deep.equal([])
    expect(refusal(await admin.get(`${PATH}?status=busy`))).to.deep.equal([400, 'validation_error'])
  })

  it('changes what is named and leaves the rest, printers too', async () => {
    const made = await create({ code: 'KEEP', allowed_users: ['usr_a'], printers: [{ name: 'a' }] })
    const changed = await admin.post(`${PATH}/${made.id}`, { display_name: 'New', allow_all_users: false })
    expect(changed.json.message).to.equal('Print station updated')
    expect(changed.json.data).to.deep.equal({
      ...made,
      display_name: 'New',
      allow_all_users: false,
      updated_at: changed.json.data.updated_at,
    })
    expect(changed.json.data.updated_at > made.updated_at).to.equal(true)
  })

  it('takes its own answer back without a change but the time', async () => {
    const made = await create({
      code: 'ECHO',
      allowed_users: ['usr_a'],
      configuration: { pooling_enabled: true },
      printers: [
        { name: 'a', model: 'M', page_size: { a4: true }, configuration: { priority: 2, dpi: '300' } },
        { name: 'b', connection: { type: 'socket', host: 'h', port: 9100, language: 'raw' } },
      ],
    })
    const { json } = await admin.post(`${PATH}/${made.id}`, made)
    const withoutTimes = (value: unknown) =>
      JSON.parse(JSON.stringify(value, (name, member) => (name === 'updated_at' ? undefined : member)))
    expect(withoutTimes(json.data)).to.deep.equal(withoutTimes(made))
  })

  it('lets printers exchange their codes, and reuses those of removed ones', async () => {
    const made = await create({
      printers: [
        { name: 'a', code: 'SWAP_A' },
        { name: 'b', code: 'SWAP_B' },
      ],
    })
    const swapped = await admin.post(`${PATH}/${made.id}`, {
      printers: [
        { name: 'a', code: 'SWAP_B' },
        { name: 'b', code: 'SWAP_A' },
      ],
    })
    expect(swapped.json.data.printers.map(({ code }: { code: string }) => code)).to.deep.equal([
      'SWAP_B',
      'SWAP_A',
    ])
    const reused = await admin.post(`${PATH}/${made.id}`, { printers: [{ name: 'c', code: 'SWAP_A' }] })
    expect(reused.json.data.printers).to.have.length(1)
  })

  it('cancels the queue of a printer that is left out, with its events, and lets the processing one end', async () => {
    const made = await create({ printers: [{ name: 'stays' }, { name: 'goes' }] })
    const taken = await createJob(made.id, 'goes')
    const waiting = [await createJob(made.id, 'goes'), await createJob(made.id, 'goes')]
    const untouched = await createJob(made.id, 'stays')
    await admin.post(`/v1/cloud-printing/jobs/${taken}`, { status: 'processing' })
    const reply = await admin.post(`${PATH}/${made.id}`, { printers: [{ name: 'stays' }] })
    expect(reply.json.events).to.deep.equal(['cloud_printing.job.canceled'])
    expect(reply.json.data.printers).to.have.length(1)
    for (const id of waiting) {
      const { data } = (await admin.get(`/v1/cloud-printing/jobs/${id}`)).json
      expect(data.status).to.equal('canceled')
      expect(data.reason).to.match(/^printer-removed: goes of Station/)
      expect(data.printer.name).to.equal('goes')
      const types = (await eventsOf(workspace.server.db, id)).map(({ type }) => type)
      expect(types).to.deep.equal(['cloud_printing.job.created', 'cloud_printing.job.canceled'])
    }
    expect((await admin.get(`/v1/cloud-printing/jobs/${untouched}`)).json.data.status).to.equal('queued')
    const ended = await admin.post(`/v1/cloud-printing/jobs/${taken}`, { status: 'completed' })
    expect(ended.json.data.status).to.equal('completed')
    const goneId = printerOf(made, 'goes').id
    expect((await admin.get(`/v1/cloud-printing/printers/${goneId}`)).status).to.equal(404)
  })

  it('deletes a station with its printers, cancels their queues, and knows it no more', async () => {
    const made = await create({ name: 'Doomed', code: 'DOOMED', printers: [{ name: 'a' }, { name: 'b' }] })
    const jobs = [await createJob(made.id, 'a'), await createJob(made.id, 'b')]
    const { status, json } = await admin.delete(`${PATH}/${made.id}`)
    expect([status, json.message]).to.deep.equal([200, 'Print station deleted'])
    expect(json.events).to.deep.equal(['cloud_printing.job.canceled'])
    for (const id of jobs) {
      expect((await admin.get(`/v1/cloud-printing/jobs/${id}`)).json.data.reason).to.match(
        /^printer-removed: /,
      )
    }
    for (const reply of [
      await admin.get(`${PATH}/${made.id}`),
      await admin.post(`${PATH}/${made.id}`, {}),
      await admin.delete(`${PATH}/${made.id}`),
      await admin.get(`${PATH}/${made.id}/next?wait=0`),
    ]) {
      expect(refusal(reply)).to.deep.equal([404, 'not_found'])
    }
    expect((await create({ name: 'Doomed', code: 'DOOMED' })).id).to.not.equal(made.id)
  })

  it('cancels jobs that are being queued while their printer is removed: none stays behind', async () => {
    const made = await create({ printers: [{ name: 'busy' }] })
    const creating = Array.from({ length: 8 }, () =>
      admin.post('/v1/cloud-printing/jobs', {
        location_id: locationId,
        print_station_id: made.id,
        data: PDF,
      }),
    )
    const [, ...replies] = await Promise.all([admin.delete(`${PATH}/${made.id}`), ...creating])
    const ids = replies.filter(({ status }) => status === 201).map(({ json }) => json.data.id)
    await eventually('no job is queued at a removed printer', async () => {
      const jobs = await Promise.all(ids.map((id) => admin.get(`/v1/cloud-printing/jobs/${id}`)))
      return jobs.every(({ json }) => json.data.status === 'canceled') || undefined
    })
  })

  const drafts = fc.uniqueArray(
    fc.record(
      {
        name: fc.constantFrom('a', 'b', 'c', 'd'),
        model: fc.constantFrom('M1', 'M2'),
        pool: fc.constantFrom('LASER', 'LABEL'),
        page_size: fc.constantFrom({ a4: true }, { letter: true, a4: false }, {}),
        configuration: fc.record(
          { priority: fc.integer({ min: 0, max: 9 }), color_print: fc.boolean() },
          { requiredKeys: [] },
        ),
        connection: fc.constantFrom(
          { type: 'station' },
          { type: 'socket', host: 'h', port: 9100, language: 'zpl' },
        ),
      },
      { requiredKeys: ['name'] },
    ),
    { selector: ({ name }) => name, maxLength: 4 },
  )

  it('replaces the list of printers as a model of it does, whatever lists follow each other', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(drafts, { minLength: 1, maxLength: 4 }), async (lists) => {
        const made = await create()
        let model = new Map<string, Record<string, unknown>>()
        const used = new Set<string>()
        for (const list of lists) {
          const { json } = await admin.post(`${PATH}/${made.id}`, { printers: list })
          const shown = json.data.printers as Record<string, unknown>[]
          expect(shown.map(({ name }) => name)).to.deep.equal(list.map(({ name }) => name))
          const next = new Map<string, Record<string, unknown>>()
          for (const [index, draft] of list.entries()) {
            const { configuration, page_size: pageSize, ...given } = draft
            const before = model.get(draft.name)
            const after: Record<string, unknown> = {
              ...(before ?? { model: null, pool: null, connection: { type: 'station' }, page_size: {} }),
              ...given,
              ...(pageSize && {
                page_size: Object.fromEntries(Object.entries(pageSize).filter(([, v]) => v)),
              }),
              configuration: {
                ...((before?.['configuration'] as object | undefined) ?? {
                  priority: null,
                  color_print: false,
                }),
                ...configuration,
              },
            }
            const actual = shown[index] ?? {}
            const { configuration: settings, ...members } = after
            expect(actual).to.deep.include(members)
            expect(actual['configuration']).to.include(settings as object)
            // The id stays with the name while the printer does; a new printer gets one that nobody ever had.
            if (!before) expect(used.has(String(actual['id']))).to.equal(false)
            used.add(String(actual['id']))
            next.set(draft.name, { ...after, id: actual['id'] })
          }
          model = next
        }
      }),
      { numRuns: 25 },
    )
  })
})
