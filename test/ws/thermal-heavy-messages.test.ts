import { expect } from 'chai'
import { type EscposPrinter, startEscposPrinter } from '../helpers/escpos-printer.ts'
import { freePort } from '../helpers/free-port.ts'
import { createRestClient, type RestClient } from '../helpers/rest-client.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { readJob } from '../helpers/thermal-job.ts'
import { render } from '../thermal/receipt-kit.ts'
import { openThermalClient, type ThermalClient } from './thermal-client.ts'

/** What the largest QR code takes, 177 modules a side, unlike that of any other number. */
const QR_BYTES = 2_900
/** A receipt with one is handled in more time than this many answers to others take. */
const ANSWERED_MEANWHILE = 10

const qrs = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ Value: String(index).padEnd(QR_BYTES, 'x'), Size: 3 }))
const items = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ Qty: index, Name: `Coffee ${index}`, Total: 1.5 }))

describe('thermal messages that are much work', () => {
  let server: TestServer
  let admin: RestClient
  let port: number
  let till: EscposPrinter
  const clients: ThermalClient[] = []

  before(async () => {
    port = await freePort()
    server = await startServer({ env: { THERMAL_PORT: String(port), PRINTER_PORTS: '1-65535' } })
    admin = createRestClient(server.url, server.credentials.admin.api_key)
    till = await startEscposPrinter()
    const connection = {
      type: 'socket',
      host: '127.0.0.1',
      port: till.port,
      language: 'escpos',
    } as const
    await server.services.printers.createStation('test', {
      locationId: server.credentials.location_id,
      name: 'till',
      printers: [
        { name: 'Till', code: 'TILL', connection },
        { name: 'Folder', code: 'FOLDER', connection: { type: 'virtual' } as const },
      ],
    })
  })
  afterEach(() => Promise.all(clients.splice(0).map((client) => client.close())))
  after(async () => {
    await server.stop()
    await till.close()
  })

  async function open(): Promise<ThermalClient> {
    const client = await openThermalClient(`ws://127.0.0.1:${port}/websocket/`)
    clients.push(client)
    return client
  }

  /** With the number of requests of somebody else that were answered, one after the other, before it ended. */
  async function meanwhile<T>(work: Promise<T>): Promise<{ outcome: T; answered: number }> {
    const ending = work.then((outcome) => ({ outcome }))
    for (let answered = 0; ; answered += 1) {
      const health = admin.get('/healthz').then(({ status }) => status)
      const first = await Promise.race([ending, health])
      if (typeof first !== 'number') return { ...first, answered }
      expect(first).to.equal(200)
    }
  }

  it('draw their QR codes for a virtual printer while others are answered', async () => {
    const message = { JobId: 'many', PrinterId: 'FOLDER', DocumentType: 'comanda', Document: {}, QRs: qrs(4) }
    const result = (await open()).ask(message)
    // Until there is a job: printing it takes no such time.
    let answered = 0
    while ((await admin.get('/v1/cloud-printing/jobs?resource_id=many')).json.data.length === 0) answered += 1
    expect(answered).to.be.at.least(ANSWERED_MEANWHILE)
    expect(await result).to.deep.equal({ JobId: 'many', Status: 'DONE', ErrorMessage: null })
  })

  it('are drawn as a preview while others are answered', async () => {
    const preview = admin.post('/v1/thermal/templates/comanda/preview', { Document: {}, QRs: qrs(4) })
    const { outcome, answered } = await meanwhile(preview)
    expect([outcome.status, outcome.headers.get('content-type')]).to.deep.equal([200, 'image/png'])
    expect(answered).to.be.at.least(ANSWERED_MEANWHILE)
  })

  it('are refused where QR codes that differ have too many modules, naming the first and the limit', async () => {
    const message = { PrinterId: 'TILL', DocumentType: 'comanda', Document: {}, QRs: qrs(16) }
    const refusal = 'QRs[15]: QR codes that differ have more than 500000 modules together'
    const before = till.jobs.length
    expect(await (await open()).ask({ JobId: 'all', ...message })).to.deep.equal({
      JobId: 'all',
      Status: 'ERROR',
      ErrorMessage: refusal,
    })
    const { status, json } = await admin.post('/v1/thermal/templates/comanda/preview', message)
    expect([status, json.message]).to.deep.equal([400, refusal])
    expect(till.jobs.length).to.equal(before)
  })

  it('print as many equal QR codes as the paper holds', async () => {
    const [QR] = qrs(1)
    const client = await open()
    const QRs = Array.from({ length: 40 }, () => QR)
    const result = await client.ask({
      JobId: 'eq',
      PrinterId: 'TILL',
      DocumentType: 'comanda',
      Document: {},
      QRs,
    })
    expect(result).to.include({ Status: 'DONE' })
    const copy = { JobId: 'eq2', PrinterId: 'FOLDER', DocumentType: 'comanda', Document: {}, QRs }
    expect(await client.ask(copy)).to.include({ Status: 'DONE' })
  })

  it('are refused with more barcodes that differ than a roll of labels has', async () => {
    const Barcodes = Array.from({ length: 10_001 }, (_, index) => ({
      Value: `A${index}`,
      Height: 20,
      Width: 1,
    }))
    const result = await (await open()).ask({
      JobId: 'bars',
      PrinterId: 'TILL',
      DocumentType: 'comanda',
      Document: {},
      Barcodes,
    })
    expect(result['ErrorMessage']).to.equal('Barcodes[10000]: it has more than 10000 barcodes that differ')
  })

  it('are refused where a cell of one character, or a text, has more lines than a roll, whatever they hold', async () => {
    const narrow = { Source: 'a', WidthPercentage: 1 }
    const sections = {
      cells: [{ Type: 'Table', DataSource: '.', Elements: [{ Source: 'b', WidthPercentage: 99 }, narrow] }],
      lines: [{ Elements: [{ Source: 'a' }] }],
    }
    const client = await open()
    const refusals = []
    for (const [DocumentType, Sections] of Object.entries(sections)) {
      await client.ask({ Action: 'UpdateTemplate', Template: { DocumentType, Sections } })
      const a = DocumentType === 'cells' ? 'x'.repeat(2_000_000) : '\n'.repeat(4_000_000)
      const message = { JobId: DocumentType, PrinterId: 'TILL', DocumentType, Document: { a } }
      refusals.push((await client.ask(message))['ErrorMessage'])
    }
    expect(refusals).to.deep.equal([
      'Template cells: it is longer than 50 m of paper',
      'Template lines: it is longer than 50 m of paper',
    ])
  })

  it('print what the same document prints elsewhere, in the order of the connection', async () => {
    const document = { Number: 'long', Items: items(5_000), Total: 10.5 }
    const client = await open()
    const before = till.jobs.length
    const job = { PrinterId: 'TILL', DocumentType: 'ticket_venta' }
    client.send({ JobId: 'long', ...job, Document: document })
    client.send({ JobId: 'short', ...job, Document: { Number: 'short' } })
    expect([(await client.nth(1))['JobId'], (await client.nth(2))['JobId']]).to.deep.equal(['long', 'short'])
    expect(client.heard.map((result) => result['Status'])).to.deep.equal(['DONE', 'DONE'])
    const template = await admin.get('/v1/thermal/templates/ticket_venta')
    const expected = await render({
      template: template.json.data.template,
      document: JSON.stringify(document),
    })
    expect((till.jobs[before] as Buffer).equals(expected.bytes)).to.equal(true)
    expect(readJob(till.jobs[before + 1] as Buffer).lines.join('\n')).to.contain('Ticket #: short')
  })

  it('are parsed while others are answered, and refused in the words of small ones', async () => {
    const client = await open()
    const message = { JobId: 'roll', PrinterId: 'TILL', DocumentType: 'ticket_venta' }
    const { outcome, answered } = await meanwhile(
      client.ask({ ...message, Document: { Items: items(100_000) } }),
    )
    expect(outcome).to.deep.equal({
      JobId: 'roll',
      Status: 'ERROR',
      ErrorMessage: 'Template ticket_venta: it is longer than 50 m of paper',
    })
    expect(answered).to.be.at.least(ANSWERED_MEANWHILE)
    const zeros = '0,'.repeat(20_000)
    expect(await client.ask(`{"JobId":"cut off","Document":[${zeros}`)).to.deep.include({ JobId: null })
    expect(client.heard.at(-1)?.['ErrorMessage']).to.match(/^Invalid JSON: /)
    expect((await client.ask(`[${zeros}0]`))['ErrorMessage']).to.equal('Message must be a JSON object')
    expect(
      (await client.ask({ ...message, PrinterId: 'none', Document: [...zeros] }))['ErrorMessage'],
    ).to.equal('Printer none not found in configuration')
    expect((await client.ask({ ...message, Document: [...zeros] }))['ErrorMessage']).to.equal(
      'Document must be an object',
    )
  })

  it('are refused as bodies of a preview in the words of REST', async () => {
    const preview = (body: string) =>
      admin.send('POST', '/v1/thermal/templates/comanda/preview', {
        headers: { 'content-type': 'application/json' },
        body,
      })
    const zeros = '0,'.repeat(20_000)
    for (const body of [`{"Document":[${zeros}`, '{"Document":']) {
      expect((await preview(body)).json).to.include({ error_code: 'invalid_json' })
    }
    for (const body of [`[${zeros}0]`, '[]']) {
      const { status, json } = await preview(body)
      expect([status, json.errors]).to.deep.equal([400, ['body must be an object']])
    }
  })

  it('store a template that has much besides, and print with it', async () => {
    const client = await open()
    const Template = {
      DocumentType: 'heavy',
      GlobalStyles: Array.from({ length: 20_000 }, () => 0),
      Sections: [{ Elements: [{ Label: 'Weight: ', Source: 'Kilograms' }] }],
    }
    expect(await client.ask({ Action: 'UpdateTemplate', Template })).to.deep.equal({
      DocumentType: 'heavy',
      Success: true,
      Message: 'Template heavy stored as version 1',
      Action: 'TemplateUpdateResult',
    })
    const broken = { ...Template, Sections: 5 }
    expect(await client.ask({ Action: 'UpdateTemplate', Template: broken })).to.include({
      DocumentType: 'heavy',
      Success: false,
      Message: 'Template heavy: Sections is required',
    })
    const job = { JobId: 'h', PrinterId: 'TILL', DocumentType: 'heavy', Document: { Kilograms: 7 } }
    expect(await client.ask(job)).to.include({ Status: 'DONE' })
    expect(readJob(till.jobs.at(-1) as Buffer).lines).to.deep.equal(['Weight: 7'])
  })

  it('store no template of more than 1 MiB, whatever makes it so large', async () => {
    const client = await open()
    const order = `1.${'0'.repeat(1_200_000)}`
    const template = `{"DocumentType":"long","Sections":[{"Order":${order},"Elements":[]}]}`
    expect(await client.ask(`{"Action":"UpdateTemplate","Template":${template}}`)).to.include({
      Success: false,
      Message: 'Template long: it is larger than 1 MiB',
    })
  })
})
