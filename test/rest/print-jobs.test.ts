import { expect } from 'chai'
import { SCOPES } from '../../lib/access/scope.ts'
import { makePdf } from '../helpers/documents.ts'
import type { RestClient } from '../helpers/rest-client.ts'
import {
  assertRefused,
  blamed,
  dataUri,
  type FileServer,
  JOB_MEMBERS,
  JOBS,
  type JobWorkspace,
  openJobWorkspace,
  startFileServer,
} from './print-job-fixtures.ts'
import { TIME } from './rest-fixtures.ts'

describe('POST /v1/cloud-printing/jobs', () => {
  let workspace: JobWorkspace
  let admin: RestClient
  let files: FileServer
  let stationId: string
  let locationId: string

  before(async () => {
    files = await startFileServer()
    files.serve('/document.pdf', await makePdf({ pages: 2 }), 'application/pdf')
    workspace = await openJobWorkspace({ EGRESS_ALLOW: '127.0.0.1' })
    admin = workspace.admin
    locationId = workspace.server.credentials.location_id
    const printer = { model: 'HP LaserJet Pro M404dn', pageSizes: ['letter'], hasDuplex: true }
    stationId = (
      await workspace.newStation([{ name: 'HP LaserJet Pro', ...printer }], {
        name: 'Station-002',
        displayName: 'Front Desk Printer',
      })
    ).id
  })
  after(async () => {
    await workspace.stop()
    await files.close()
  })

  const post = (body: object) => admin.post(JOBS, body)

  describe('as the specification shows it', () => {
    it("answers the request with the example's members, types and message", async () => {
      const { status, json } = await post({
        location_id: locationId,
        print_station_id: stationId,
        printer_name: 'HP LaserJet Pro',
        data: `${files.url}/document.pdf`,
        name: 'Invoice #12345',
        resource: { type: 'shipment', id: 'shp_abc123', document: 'shipping_label' },
        configuration: {
          copies: 1,
          color_print: false,
          double_sided: true,
          orientation: 'portrait',
          paper_size: 'page_size_letter',
          print_all_pages: true,
          reverse_order: false,
          scaling: 1.0,
        },
      })
      const { data, ...envelope } = json
      expect([status, envelope]).to.deep.equal([
        201,
        {
          status: 201,
          message: 'Print job created',
          code: null,
          error_code: null,
          errors: [],
          events: ['cloud_printing.job.created'],
          pagination: null,
          endpoint: JOBS,
        },
      ])
      expect(Object.keys(data)).to.have.members([...JOB_MEMBERS])
      const { id, data_url: url, printer, created_at: at, created_by: by, expires_at: end, ...rest } = data
      expect(id).to.match(/^prnt_job_[0-9A-Za-z]{22}$/)
      expect(url).to.match(
        /^http:\/\/127\.0\.0\.1:\d+\/v1\/documents\/doc_\w{22}\?expires=\d+&signature=\w{64}$/,
      )
      expect(at).to.match(TIME)
      expect(by).to.match(/^key_[0-9A-Za-z]{22}$/)
      expect(Date.parse(end) - Date.parse(at)).to.equal(14 * 86_400_000)
      expect(printer.id).to.match(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
      expect(printer).to.deep.equal({
        id: printer.id,
        name: 'HP LaserJet Pro',
        model: 'HP LaserJet Pro M404dn',
      })
      expect(rest).to.deep.equal({
        object: 'print_job',
        name: 'Invoice #12345',
        status: 'queued',
        reason: null,
        data_type: 'application/pdf',
        resource_type: 'shipment',
        resource_id: 'shp_abc123',
        resource_document: 'shipping_label',
        location_id: locationId,
        station: { id: stationId, name: 'Station-002', display_name: 'Front Desk Printer' },
        options: {
          paper_size: 'page_size_letter',
          copies: 1,
          total_pages: 2,
          orientation: 'portrait',
          color_print: false,
          double_sided: true,
          print_all_pages: true,
          pages_to_print: null,
          reverse_order: false,
          scaling: 1,
        },
        updated_at: at,
        updated_by: by,
        reprint_of: null,
        reprint_reason: null,
        warnings: [],
        state_reasons: [],
        claim: null,
      })
    })

    it('needs a location and a document alone, and names the job after the URL', async () => {
      const { status, json } = await post({ location_id: locationId, data: `${files.url}/document.pdf` })
      expect([status, json.data.name]).to.deep.equal([201, 'document.pdf'])
      expect(json.data.options).to.deep.equal({
        paper_size: null,
        copies: 1,
        total_pages: 2,
        orientation: 'portrait',
        color_print: false,
        double_sided: false,
        print_all_pages: true,
        pages_to_print: null,
        reverse_order: false,
        scaling: null,
      })
    })

    for (const resource of [
      { type: 'shipment', id: 'shp_abc123', document: 'shipping_label' },
      { type: 'fulfillment', id: 'ful_abc123', document: 'packing_slip' },
      { type: 'item', id: 'item_abc123', document: 'item_label' },
      { type: 'asset', id: 'ast_abc123', document: 'asset_label' },
      { type: 'anything else', id: '🏷' },
    ]) {
      it(`links the job to the ${resource.type}`, async () => {
        expect(await workspace.create({ resource })).to.include({
          resource_type: resource.type,
          resource_id: resource.id,
          resource_document: resource.document ?? null,
        })
      })
    }

    it('answers the same when the job is retrieved', async () => {
      const made = await workspace.create()
      const { status, json } = await admin.get(`${JOBS}/${made.id}`)
      expect([status, json.message, json.events]).to.deep.equal([200, 'Print job retrieved', []])
      const { data_url: _made, ...rest } = made
      const { data_url: url, ...read } = json.data
      expect(read).to.deep.equal(rest)
      expect(url).to.include('/v1/documents/doc_')
    })
  })

  describe('names every failing property, each once', () => {
    const cases: readonly [title: string, change: object, properties: readonly string[]][] = [
      ['location_id that is absent', { location_id: undefined }, ['location_id']],
      ['location_id that is null', { location_id: null }, ['location_id']],
      ['location_id that is no string', { location_id: 5 }, ['location_id']],
      ['data that is absent', { data: undefined }, ['data']],
      ['data that is no string', { data: ['x'] }, ['data']],
      ['data that is empty', { data: '' }, ['data']],
      ['data of another scheme', { data: 'ftp://example.test/x.pdf' }, ['data']],
      ['data that is a file of the server', { data: 'file:///etc/passwd' }, ['data']],
      ['data with U+0000', { data: 'https://example.com/\0' }, ['data']],
      ['data that is bare base64', { data: 'JVBERi0xLjQK' }, ['data']],
      ['data with broken base64', { data: 'data:application/pdf;base64,JVBERi0' }, ['data']],
      ['data with white space in base64', { data: 'data:application/pdf;base64,JVBE Ri0x' }, ['data']],
      ['data with base64 for URLs', { data: 'data:application/pdf;base64,-_-_' }, ['data']],
      ['data without bytes', { data: 'data:application/pdf;base64,' }, ['data']],
      ['data that is not base64 at all', { data: 'data:application/pdf,JVBERi0' }, ['data']],
      ['print_station_id that is no string', { print_station_id: {} }, ['print_station_id']],
      ['printer_name that is no string', { printer_name: 1 }, ['printer_name']],
      ['printer_name with U+0000', { printer_name: 'a\0' }, ['printer_name']],
      ['printer_name of 192 characters', { printer_name: 'p'.repeat(192) }, ['printer_name']],
      ['name with a mebibyte of white space', { name: `a${' '.repeat(1_048_576)}` }, ['name']],
      ['name that is blank', { name: '  \t ' }, ['name']],
      ['name of 192 characters', { name: '🖨'.repeat(192) }, ['name']],
      ['name with U+0000', { name: 'a\0b' }, ['name']],
      ['resource that is no object', { resource: 'shp_1' }, ['resource']],
      ['resource without type and id', { resource: {} }, ['resource.id', 'resource.type']],
      [
        'resource of long words',
        { resource: longResource() },
        ['resource.document', 'resource.id', 'resource.type'],
      ],
      ['configuration that is no object', { configuration: [] }, ['configuration']],
      ['expires_at that is past', { expires_at: '2020-01-01' }, ['expires_at']],
      ['expires_at that is no date', { expires_at: '2027-02-30' }, ['expires_at']],
      ['expires_at of half a second', { expires_at: 1.5 }, ['expires_at']],
      ['expires_at that is true', { expires_at: true }, ['expires_at']],
      ...configured('copies', ['1', 0, 1000, 1.5, -1, true, []]),
      ...configured('color_print', ['true', 1, 0]),
      ...configured('double_sided', ['false', 1]),
      ...configured('reverse_order', ['', 0]),
      ...configured('orientation', ['Portrait', '', 90]),
      ...configured('paper_size', ['page_size_napkin', '', 'page_size_', '5x7in', '__proto__', 8.5, '4x6']),
      ...configured('pages_to_print', [[], ['0'], ['3-2'], ['1-'], ['a'], ['1,2'], [' 1'], '1', ['1', '-2']]),
      ...configured('print_all_pages', ['true', 1]),
      ...configured('scaling', ['1', 0.09, 10.1, 0, -1]),
      ...configured('total_pages', ['2', 0, 1.5, 1e12]),
      ...configured('expire_after', ['60', 0, 2_592_001, 1.5]),
      [
        'print_all_pages false without pages',
        { configuration: { print_all_pages: false } },
        ['configuration.pages_to_print'],
      ],
    ]
    for (const [title, change, properties] of cases) {
      it(title, async () => {
        const reply = await post(workspace.body(change))
        assertRefused(reply, 400, 'validation_error')
        expect(blamed(reply).map((path) => path.replace(/(pages_to_print)\.\d$/, '$1'))).to.deep.equal(
          properties,
        )
        expect(reply.json.message).to.include(reply.json.errors[0])
      })
    }

    it('of the whole body at once', async () => {
      const configuration = { copies: '1', orientation: 'up', paper_size: 'x', scaling: 0, expire_after: 0 }
      const reply = await post({ name: '', data: 'x', resource: { type: 1 }, expires_at: 0, configuration })
      assertRefused(reply, 400, 'validation_error')
      expect(blamed(reply)).to.deep.equal([
        'configuration.copies',
        'configuration.expire_after',
        'configuration.orientation',
        'configuration.paper_size',
        'configuration.scaling',
        'data',
        'expires_at',
        'location_id',
        'name',
        'resource.id',
        'resource.type',
      ])
    })

    it('in an answer that is short, however long the body is', async () => {
      for (const pages of [
        new Array(300_000).fill('x'),
        new Array(400_000).fill(1),
        new Array(1000).fill('x'),
      ]) {
        const printer_name = 'p'.repeat(1_000_000)
        const reply = await post(workspace.body({ printer_name, configuration: { pages_to_print: pages } }))
        assertRefused(reply, 400, 'validation_error')
        expect(reply.text).to.have.length.below(20_000)
        expect(reply.json.errors).to.include('printer_name must have 1 to 191 characters')
      }
    })

    it('tells pages that the document does not have, once it is known', async () => {
      for (const pages of [['3'], ['1', '2-3']]) {
        const reply = await post(workspace.body({ configuration: { pages_to_print: pages } }))
        assertRefused(reply, 400, 'validation_error')
        expect(blamed(reply)).to.deep.equal(['configuration.pages_to_print'])
      }
    })
  })

  describe('takes', () => {
    const options = async (configuration: object) => (await workspace.create({ configuration })).options

    it('the bounds of every number', async () => {
      expect(await options({ copies: 1, scaling: 0.1, total_pages: 1 })).to.include({
        copies: 1,
        scaling: 0.1,
        total_pages: 1,
      })
      expect(
        await options({ copies: 999, scaling: 10, total_pages: 500, expire_after: 2_592_000 }),
      ).to.include({
        copies: 999,
        scaling: 10,
        total_pages: 500,
      })
    })

    it('pages, and lets print_all_pages win over them', async () => {
      const pages = ['1', '1-2', '2']
      expect(await options({ pages_to_print: pages })).to.deep.include({
        print_all_pages: false,
        pages_to_print: pages,
      })
      expect(await options({ pages_to_print: pages, print_all_pages: true })).to.deep.include({
        print_all_pages: true,
        pages_to_print: null,
      })
    })

    it('its own options back as a configuration, nulls and all', async () => {
      const first = await options({ paper_size: '8.5x11in', pages_to_print: ['2'], reverse_order: true })
      expect(await options(first)).to.deep.equal(first)
      const bare = await options({})
      expect(await options(bare)).to.deep.equal(bare)
    })

    for (const size of [
      'page_size_letter',
      'PAGE_SIZE_LETTER',
      'na_letter_8.5x11in',
      '11x8.5in',
      '216x279.4mm',
    ]) {
      it(`${size} for page_size_letter`, async () => {
        expect(await options({ paper_size: size })).to.include({ paper_size: 'page_size_letter' })
      })
    }

    it('names of 191 characters as they are, whatever is in them', async () => {
      const name = `  ${'🖨'.repeat(182)}</script>  `
      expect(await workspace.create({ name })).to.include({ name })
    })

    it('dates in every form, the earlier of two', async () => {
      const in60s = Math.floor(Date.now() / 1000) + 60
      expect((await workspace.create({ expires_at: in60s })).expires_at).to.equal(
        new Date(in60s * 1000).toISOString(),
      )
      expect((await workspace.create({ expires_at: '2099-12-31' })).expires_at).to.equal(
        '2099-12-31T00:00:00.000Z',
      )
      const job = await workspace.create({ expires_at: '2099-12-31', configuration: { expire_after: 100 } })
      expect(Date.parse(job.expires_at) - Date.parse(job.created_at)).to.be.closeTo(100_000, 5_000)
    })

    it('unknown members and nulls without a word', async () => {
      const configuration = { copies: null, stapling: true }
      expect(
        await workspace.create({ name: null, resource: null, expires_at: null, configuration, x: {} }),
      ).to.include({ name: 'Document', status: 'queued' })
    })
  })

  it('wants a paper size where the environment says so', async () => {
    const strict = await openJobWorkspace({ REQUIRE_PAPER_SIZE: 'true' })
    try {
      const reply = await strict.admin.post(JOBS, strict.body())
      assertRefused(reply, 400, 'validation_error')
      expect(reply.json.errors).to.deep.equal(['configuration.paper_size is missing'])
      await strict.create({ configuration: { paper_size: 'page_size_letter' } })
    } finally {
      await strict.stop()
    }
  })

  it('says of each printer of the location why it can not print the document', async () => {
    const reply = await post({
      location_id: locationId,
      data: workspace.data,
      configuration: { paper_size: 'page_size_a3' },
    })
    assertRefused(reply, 400, 'no_compatible_printer')
    const printers = reply.json.errors.map((error: string) => error.split(': ', 2).join(': '))
    expect(printers).to.include.members([
      'Label: paper-size-not-supported',
      'Front desk: paper-size-not-supported',
    ])
    expect(printers).to.have.length(6)
  })

  it('names a printer within its station, or within the location', async () => {
    expect((await workspace.create({ printer_name: 'HP LaserJet Pro' })).station.id).to.equal(stationId)
    for (const change of [{ print_station_id: stationId }, { printer_name: 'front desk' }]) {
      assertRefused(await post(workspace.body(change)), 400, 'no_compatible_printer')
    }
  })

  describe('judges in this order', () => {
    it('properties, idempotency, existence, location, station, document, printer', async () => {
      const elsewhere = await workspace.newLocation()
      const { client: limited } = await workspace.keyWith(SCOPES, { limit_to_location: elsewhere })
      const { id: closed } = await workspace.newStation([{ name: 'p' }], { allowAllUsers: false })
      const unreachable = { data: 'http://127.0.0.1:1/x.pdf' }
      const headers = { 'Idempotency-Key': 'order' }
      await admin.post(JOBS, workspace.body(), headers)
      const code = async (change: object, { client = admin, more = {} } = {}) =>
        (await client.post(JOBS, workspace.body({ ...unreachable, ...change }), more)).json.code
      expect(await code({ location_id: 'loc_no', name: '' }, { more: headers })).to.equal('validation_error')
      expect(await code({ location_id: 'loc_no' }, { more: headers })).to.equal('idempotency_key_reused')
      expect(await code({ location_id: 'loc_no' }, { client: limited })).to.equal('not_found')
      expect(await code({ print_station_id: 'prnt_stn_no' }, { client: limited })).to.equal('not_found')
      expect(await code({ print_station_id: closed }, { client: limited })).to.equal('location_access')
      expect(await code({ print_station_id: closed })).to.equal('unauthorized')
      expect(await code({ printer_name: 'none' })).to.equal('document_unreachable')
      expect(await code({ printer_name: 'none', data: workspace.data })).to.equal('no_compatible_printer')
    })

    it('knows no malformed id', async () => {
      for (const change of [
        { location_id: '' },
        { location_id: 'a\0' },
        { location_id: '💥'.repeat(1000) },
        { print_station_id: '\ud800' },
      ]) {
        assertRefused(await post(workspace.body(change)), 404, 'not_found')
      }
    })
  })

  it('opens a closed station to the keys that it lists', async () => {
    const { id, client } = await workspace.keyWith(['print_jobs:write'])
    const { client: other } = await workspace.keyWith(['print_jobs:write'])
    const closed = await workspace.newStation([{ name: 'Safe' }], {
      allowAllUsers: false,
      allowedUsers: [id],
    })
    const body = workspace.body({ print_station_id: closed.id, printer_name: 'Safe' })
    expect((await client.post(JOBS, body)).json.data.created_by).to.equal(id)
    const refused = await other.post(JOBS, body)
    assertRefused(refused, 403, 'unauthorized')
    const unnamed = await other.post(JOBS, workspace.body({ printer_name: 'Safe' }))
    assertRefused(unnamed, 400, 'no_compatible_printer')
    expect(unnamed.json.errors.join()).to.match(/Safe: station-access: /)
  })

  it('takes one request with the same idempotency key once, quoted or not', async () => {
    const body = workspace.body({ name: 'Once' })
    const first = await admin.post(JOBS, body, { 'Idempotency-Key': 'k1' })
    const again = await admin.post(JOBS, body, { 'X-Idempotency-Key': '"k1"' })
    expect(again.headers.get('idempotency-replayed')).to.equal('true')
    expect([again.status, again.text]).to.deep.equal([201, first.text])
    assertRefused(
      await admin.post(JOBS, { ...body, name: 'Twice' }, { 'Idempotency-Key': 'k1' }),
      422,
      'idempotency_key_reused',
    )
    const rows = await workspace.server.db('print_jobs').where({ name: 'Once' })
    expect(rows).to.have.length(1)
  })

  it('takes 200 at once', async () => {
    const replies = await Promise.all(Array.from({ length: 200 }, () => post(workspace.body())))
    expect(new Set(replies.map(({ status }) => status))).to.deep.equal(new Set([201]))
    expect(new Set(replies.map(({ json }) => json.data.id))).to.have.property('size', 200)
  }).timeout(120_000)

  it('takes 36 MiB and no more', async () => {
    const filler = (bytes: number) => workspace.body({ ignored: 'x'.repeat(bytes) })
    expect((await post(filler(37_000_000))).status).to.equal(201)
    assertRefused(await post(filler(37_748_736)), 413, 'payload_too_large')
    assertRefused(await admin.post(`${JOBS}/none`, filler(1_048_576)), 413, 'payload_too_large')
  })

  it('takes documents up to 25 MiB in base64', async () => {
    const reply = await post(workspace.body({ data: dataUri('application/pdf', Buffer.alloc(26_214_401)) }))
    assertRefused(reply, 400, 'document_too_large')
  })
})

function configured(option: string, values: readonly unknown[]): [string, object, readonly string[]][] {
  return values.map((value) => [
    `configuration.${option} ${JSON.stringify(value)}`,
    { configuration: { [option]: value } },
    [`configuration.${option}`],
  ])
}

function longResource() {
  const long = 'x'.repeat(192)
  return { type: long, id: long, document: long }
}
