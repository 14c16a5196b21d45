import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { makePdf, makePng } from '../helpers/documents.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

const ZPL = '^XA^FO20,20^FDhello^FS^XZ'

describe('print_job.create', () => {
  let server: TestServer
  let files: FileServer
  let pdf: Buffer
  let stationId: string

  before(async () => {
    pdf = await makePdf({ pages: 3 })
    files = await startFileServer()
    server = await startServer({ env: { EGRESS_ALLOW: '127.0.0.1' } })
    const station = await server.services.printers.createStation('usr_test', {
      locationId: server.credentials.location_id,
      name: 'Client station',
      displayName: 'Front desk',
      printers: [
        { name: 'Desk', model: 'M404', pageSizes: ['letter', 'a4'] },
        { name: 'Labels', connection: { type: 'socket', host: '127.0.0.1', port: 9109, language: 'zpl' } },
      ],
    })
    stationId = station.stationId
    for (const printer of station.printers) await setPaused(server, printer.printerId)
  })
  after(async () => {
    await server.stop()
    await files.close()
  })

  const body = (more: object = {}) => ({
    location_id: server.credentials.location_id,
    data: dataUri('application/pdf', pdf),
    print_station_id: stationId,
    ...more,
  })
  const create = (more: object = {}, as?: 'demo' | 'packer') =>
    server.rpc.call('print_job.create', [body(more)], as)
  const refusal = async (job: object) => {
    const { code, data } = await server.rpc.fault('print_job.create', [job])
    return { code, reason: data?.['reason'], errors: data?.['errors'] as string[] }
  }

  it('answers exactly the members of the contract, for a job with nothing but what is required', async () => {
    const job = await create()
    expect(Object.keys(job)).to.deep.equal([
      'object',
      'id',
      'name',
      'status',
      'reason',
      'data_url',
      'data_type',
      'resource_type',
      'resource_id',
      'resource_document',
      'location_id',
      'station',
      'printer',
      'options',
      'created_at',
      'updated_at',
      'created_by',
      'updated_by',
      'expires_at',
      'reprint_of',
      'reprint_reason',
      'warnings',
      'state_reasons',
      'claim',
    ])
    expect(job).to.deep.include({
      object: 'print_job',
      name: 'Document',
      status: 'queued',
      reason: null,
      data_type: 'application/pdf',
      resource_type: null,
      station: { id: stationId, name: 'Client station', display_name: 'Front desk' },
      options: {
        paper_size: null,
        copies: 1,
        total_pages: 3,
        orientation: 'portrait',
        color_print: false,
        double_sided: false,
        print_all_pages: true,
        pages_to_print: null,
        reverse_order: false,
        scaling: null,
      },
      updated_at: job.created_at,
      updated_by: job.created_by,
      reprint_of: null,
      reprint_reason: null,
      warnings: [],
      state_reasons: ['paused'],
      claim: null,
    })
    expect(job.id).to.match(/^prnt_job_[0-9A-Za-z]{22}$/)
    expect(job.created_by).to.match(/^usr_/)
    expect(job.created_at).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    expect(Date.parse(job.expires_at) - Date.parse(job.created_at)).to.equal(14 * 86_400_000)
    expect(job.data_url).to.match(
      new RegExp(`^${server.url}/v1/documents/doc_\\w{22}\\?expires=\\d+&signature=[0-9a-f]{64}$`),
    )
  })

  it('takes every option, and its answer back as a configuration', async () => {
    const configuration = {
      copies: 2,
      orientation: 'landscape',
      paper_size: '8.5x11in',
      pages_to_print: ['1', '2-3'],
      reverse_order: true,
      scaling: 0.5,
      total_pages: 7,
    }
    const resource = { type: 'shipment', id: 'shp_1', document: 'shipping_label' }
    const first = await create({ name: 'Invoice', printer_name: 'Desk', resource, configuration })
    expect(first).to.deep.include({ name: 'Invoice', resource_type: 'shipment', resource_id: 'shp_1' })
    expect(first.options).to.deep.equal({
      ...configuration,
      paper_size: 'page_size_letter',
      color_print: false,
      double_sided: false,
      print_all_pages: false,
    })
    const again = await create({ printer_name: 'Desk', configuration: first.options })
    expect(again.options).to.deep.equal(first.options)
    const all = await create({ configuration: { print_all_pages: true, pages_to_print: ['9'] } })
    expect(all.options).to.include({ print_all_pages: true, pages_to_print: null })
    expect(await create({ configuration: [], resource: null, unknown: 1 })).to.include({ status: 'queued' })
  })

  it('lets the earlier of expires_at and expire_after count', async () => {
    const soon = new Date(Date.now() + 3_600_000).toISOString()
    expect((await create({ expires_at: soon, configuration: { expire_after: 7200 } })).expires_at).to.equal(
      soon,
    )
    const job = await create({ expires_at: soon, configuration: { expire_after: 60 } })
    expect(Date.parse(job.expires_at) - Date.parse(job.created_at)).to.be.closeTo(60_000, 5_000)
    const epoch = Math.floor(Date.now() / 1000) + 500
    expect((await create({ expires_at: epoch })).expires_at).to.equal(new Date(epoch * 1000).toISOString())
  })

  it('names every failing property', async () => {
    const { code, errors } = await refusal({
      data: 'ftp://example.test/x',
      name: '   ',
      resource: { type: '', document: 'x'.repeat(192) },
      expires_at: '2020-02-30',
      print_station_id: 5,
      configuration: {
        copies: '1',
        color_print: 'true',
        orientation: 'sideways',
        paper_size: 'page_size_napkin',
        print_all_pages: false,
        scaling: 11,
        total_pages: 0,
        expire_after: 2_592_001,
      },
    })
    expect(code).to.equal(-32100)
    expect(errors.map((error) => error.split(' ')[0])).to.have.members([
      'location_id',
      'data',
      'name',
      'resource.type',
      'resource.id',
      'resource.document',
      'expires_at',
      'print_station_id',
      'configuration.copies',
      'configuration.color_print',
      'configuration.orientation',
      'configuration.paper_size',
      'configuration.pages_to_print',
      'configuration.scaling',
      'configuration.total_pages',
      'configuration.expire_after',
    ])
  })

  for (const pages of [[], ['0'], ['3-2'], ['1', 'x'], ['2-4'], ['4'], [1]]) {
    it(`refuses pages_to_print ${JSON.stringify(pages)} of three`, async () => {
      const { code, errors } = await refusal(body({ configuration: { pages_to_print: pages } }))
      expect(code).to.equal(-32100)
      expect(errors.join()).to.match(/^configuration\.pages_to_print/)
    })
  }

  for (const data of [
    'data:application/pdf;base64,',
    'data:application/pdf;base64,JVBERi0',
    'data:application/pdf;base64,JVBE Ri0x',
    'data:application/pdf,JVBERi0x',
    'JVBERi0x',
    'http://user:secret@127.0.0.1/x.pdf',
    'http://',
    'file:///etc/passwd',
  ]) {
    it(`refuses ${data} as data`, async () => {
      const { code, errors } = await refusal(body({ data }))
      expect(code).to.equal(-32100)
      expect(errors).to.have.length(1)
      expect(errors[0]).to.match(/^data /)
    })
  }

  it('takes what a data URI declares at its word', async () => {
    const png = await makePng()
    const pairs: [string, Buffer, string | null][] = [
      ['image/png', png, null],
      ['Application/PDF;x=y', pdf, null],
      ['image/jpeg', png, 'unsupported_document'],
      ['application/octet-stream', pdf, 'unsupported_document'],
      ['', pdf, 'unsupported_document'],
      ['application/pdf', Buffer.from('%PDF-1.7 broken'), 'unsupported_document'],
      ['text/plain', Buffer.from('hello'), 'unsupported_document'],
      ['application/vnd.zebra-zpl', Buffer.from('no format'), 'unsupported_document'],
      ['application/vnd.zebra-zpl', Buffer.from('^XA^CC!^XZ'), 'unsupported_document'],
      ['application/vnd.zebra-zpl', pdf, 'unsupported_document'],
      ['application/vnd.escpos', Buffer.from(ZPL), 'unsupported_document'],
      ['application/pdf', Buffer.alloc(26_214_401), 'document_too_large'],
    ]
    for (const [type, bytes, reason] of pairs) {
      const data = dataUri(type, bytes)
      if (reason === null) expect(await create({ data })).to.include({ status: 'queued' })
      else expect(await refusal(body({ data }))).to.deep.include({ code: -32100, reason })
    }
  }).timeout(20_000)

  it('fetches a URL while the job is made, and names the job after it', async () => {
    files.serve('/labels/My%20label.pdf', { bytes: pdf, type: 'application/octet-stream' })
    const job = await create({ data: `${files.url}/labels/My%20label.pdf?token=1` })
    expect(job).to.include({ name: 'My label.pdf', data_type: 'application/pdf' })
    files.serve('/untyped', { bytes: Buffer.from(ZPL), type: null })
    expect(await create({ data: `${files.url}/untyped` })).to.include({
      data_type: 'application/vnd.zebra-zpl',
    })
  })

  it('tells why a URL gave no document', async () => {
    files.serve('/big', { bytes: Buffer.alloc(26_214_401), type: 'application/pdf' })
    files.serve('/wrong', { bytes: pdf, type: 'image/png' })
    const reasons: [string, string][] = [
      [`${files.url}/absent`, 'document_unreachable'],
      ['http://10.0.0.1/x.pdf', 'document_unreachable'],
      [`${files.url}/big`, 'document_too_large'],
      [`${files.url}/wrong`, 'unsupported_document'],
    ]
    for (const [data, reason] of reasons) {
      expect(await refusal(body({ data })), data).to.deep.include({ code: -32100, reason })
    }
  })

  it('keeps ZPL as it came, and warns of what will be taken out', async () => {
    const zpl = '^XA^JUS^FDx^FS~ja^XZ'
    const job = await create({ data: dataUri('application/vnd.zebra-zpl', Buffer.from(zpl)) })
    expect(job.warnings).to.deep.equal(['zpl-command-removed: ^JU', 'zpl-command-removed: ~JA'])
    expect(job.printer.name).to.equal('Labels')
    expect(job.options).to.include({ total_pages: null })
    const { rows } = await server.db.raw<{ rows: { content: Buffer }[] }>(
      'select content from print_jobs join document_contents using (document_id) where job_id = ?',
      [job.id],
    )
    expect(rows[0]?.content.toString()).to.equal(zpl)
  })

  it('says of each printer why it can not print the document', async () => {
    const { code, data } = await server.rpc.fault('print_job.create', [
      body({ printer_name: 'Desk', configuration: { paper_size: 'page_size_a3' } }),
    ])
    expect(code).to.equal(-32102)
    expect((data?.['printers'] as string[]).join('\n')).to.match(/^Desk: paper-size-not-supported: /m)
  })

  it('names nothing by an unknown location or station', async () => {
    for (const more of [
      { location_id: 'loc_none' },
      { location_id: 'a\0' },
      { print_station_id: 'prnt_stn_none' },
    ]) {
      expect((await server.rpc.fault('print_job.create', [body(more)])).code).to.equal(-32100)
    }
  })

  it('keeps a closed station for its own users', async () => {
    const closed = await server.services.printers.createStation('usr_test', {
      locationId: server.credentials.location_id,
      name: 'Closed',
      allowAllUsers: false,
      printers: [{ name: 'p' }],
    })
    const fault = await server.rpc.fault('print_job.create', [body({ print_station_id: closed.stationId })])
    expect(fault.code).to.equal(-32103)
  })

  it('lets packers print, and takes a missing body for a missing argument', async () => {
    expect(await create({}, 'packer')).to.include({ status: 'queued' })
    expect((await server.rpc.fault('print_job.create', [])).code).to.equal(-32006)
    expect((await server.rpc.fault('print_job.create', ['x'])).code).to.equal(-32100)
  })
})

function dataUri(type: string, bytes: Buffer): string {
  return `data:${type};base64,${bytes.toString('base64')}`
}

async function setPaused(server: TestServer, printerId: string): Promise<void> {
  await server.db.raw('update printers set is_paused = true where printer_id = ?', [printerId])
}

interface FileServer {
  readonly url: string
  serve(path: string, file: { bytes: Buffer; type: string | null }): void
  close(): Promise<void>
}

async function startFileServer(): Promise<FileServer> {
  const files = new Map<string, { bytes: Buffer; type: string | null }>()
  const server: Server = createServer((request, response) => {
    const file = files.get(request.url?.split('?')[0] ?? '')
    if (file?.type) response.setHeader('content-type', file.type)
    response.writeHead(file ? 200 : 404).end(file?.bytes)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    serve: (path, file) => files.set(path, file),
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
