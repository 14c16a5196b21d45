import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { pino } from 'pino'
import sharp from 'sharp'
import { WebSocket } from 'ws'
import { readConfig } from '../../lib/config.ts'
import { startPackhouse } from '../../lib/packhouse.ts'
import { interpret } from '../helpers/escpos-interpreter/interpret.ts'
import { picturesOf, symbolsOf, textOf } from '../helpers/escpos-interpreter/views.ts'
import { type EscposPrinter, startEscposPrinter } from '../helpers/escpos-printer.ts'
import { eventually } from '../helpers/eventually.ts'
import { freePort } from '../helpers/free-port.ts'
import { createRestClient, type RestClient } from '../helpers/rest-client.ts'
import { renderingPool, startServer, type TestServer } from '../helpers/server.ts'
import { readJob } from '../helpers/thermal-job.ts'
import {
  CUT_OFF_LOGO,
  PUBLISHED_LABEL,
  PUBLISHED_MESSAGE,
  PUBLISHED_RECEIPT,
} from '../thermal/published-print-job.ts'
import { aPicture } from '../thermal/receipt-kit.ts'
import { openThermalClient, type ThermalClient } from './thermal-client.ts'

/** The published page's example, to the letter. */
const PUBLISHED = `
const ws = new WebSocket('ws://localhost:7000/websocket/');

ws.onopen = () => {
  // Send print job
  const printJob = {
    JobId: \`job_\${Date.now()}\`,
    StationId: 'STATION_001',
    PrinterId: 'PRINTER_001',
    DocumentType: 'ticket_venta',
    Document: {
      Number: 'FAC-001234',
      Date: new Date().toISOString(),
      Items: [
        { Name: 'Coffee', Quantity: 1, Price: 3.50, Total: 3.50 }
      ],
      Total: 3.50
    },
    Images: [],
    Barcodes: [],
    QRs: []
  };
  
  ws.send(JSON.stringify(printJob));
};

ws.onmessage = (event) => {
  const result = JSON.parse(event.data);
  
  // Check if this is a print job result
  if (result.JobId && result.Status) {
    if (result.Status === 'DONE') {
      console.log(\`Print job \${result.JobId} completed successfully\`);
    } else if (result.Status === 'ERROR') {
      console.error(\`Print job \${result.JobId} failed: \${result.ErrorMessage}\`);
    }
  }
};
`

const job = (JobId: string, PrinterId: string, more: object = {}) => ({
  JobId,
  PrinterId,
  DocumentType: 'ticket_venta',
  Document: { Number: JobId, Total: 3.5 },
  ...more,
})

describe('thermal printing over WebSocket', () => {
  let server: TestServer
  let admin: RestClient
  let port: number
  const printers = new Map<string, EscposPrinter>()
  const clients: ThermalClient[] = []

  before(async () => {
    port = await freePort()
    server = await startServer({ env: { THERMAL_PORT: String(port), PRINTER_PORTS: '1-65535' } })
    admin = createRestClient(server.url, server.credentials.admin.api_key)
    for (const code of ['A', 'B', 'STRICT', 'OFF']) printers.set(code, await startEscposPrinter())
    await server.services.printers.createStation('test', {
      locationId: server.credentials.location_id,
      name: 'kitchen',
      printers: [
        ...['A', 'B', 'STRICT', 'OFF'].map((code) =>
          printerOf(code, code === 'A' || code === 'B' ? {} : { status_check: code.toLowerCase() }),
        ),
        { ...printerOf('COPYING', { copy_to: ['B', 'unknown'] }), connection: { type: 'virtual' } as const },
        {
          name: 'Zebra',
          code: 'ZEBRA',
          connection: { type: 'socket', host: '127.0.0.1', port: 9100, language: 'zpl' } as const,
        },
        { name: 'Far', code: 'FAR', connection: { type: 'station' } as const },
      ],
    })
  })
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()))
    for (const printer of printers.values()) printer.mode = 'healthy'
  })
  after(async () => {
    await server.stop()
    for (const printer of printers.values()) await printer.close()
    // Whatever a test was about: no printer got a byte that it would not understand.
    for (const printer of printers.values()) for (const bytes of printer.jobs) interpret(bytes)
  })

  function printerOf(code: string, thermal: Record<string, unknown>) {
    const connection = {
      type: 'socket',
      host: '127.0.0.1',
      port: printers.get(code)?.port ?? 9100,
      language: 'escpos',
    } as const
    return { name: code, code, configuration: { thermal }, connection }
  }

  async function open(): Promise<ThermalClient> {
    const client = await openThermalClient(`ws://127.0.0.1:${port}/websocket/`)
    clients.push(client)
    return client
  }

  const printer = (code: string) => printers.get(code) as EscposPrinter
  const failed = async (code: string, id: string) => (await (await open()).ask(job(id, code)))['ErrorMessage']

  it("answers a job, which is the receipt's bytes in one connection after two status questions", async () => {
    const before = printer('A').jobs.length
    const result = await (await open()).ask(job('one', 'A'))
    expect(JSON.stringify(result)).to.equal('{"JobId":"one","Status":"DONE","ErrorMessage":null}')
    const bytes = printer('A').jobs[before] as Buffer
    expect(bytes.subarray(0, 2).toString('hex')).to.equal('1b40')
    expect(readJob(bytes).lines.join('\n')).to.contain('Ticket #: one')
    expect(printer('A').questions).to.equal(2)
    const { json } = await admin.get('/v1/cloud-printing/jobs?resource_type=thermal_job&resource_id=one')
    expect(json.data[0]).to.deep.include({
      name: 'one',
      status: 'completed',
      resource_document: 'ticket_venta',
      data_type: 'application/vnd.escpos',
      created_by: 'thermal_local',
    })
  })

  it('prints the published print job: its texts, its logo, Code 128 and QR are read from the bytes', async () => {
    const client = await open()
    const printed = async (logo: string) => {
      const message = PUBLISHED_MESSAGE.replace('PRINTER_001', 'A').replace(CUT_OFF_LOGO, logo)
      expect(await client.ask(message)).to.deep.equal({
        JobId: 'job_12345',
        Status: 'DONE',
        ErrorMessage: null,
      })
      return readJob(printer('A').jobs.at(-1) as Buffer)
    }
    const asItStands = await printed(CUT_OFF_LOGO)
    expect(asItStands.lines).to.deep.equal([...PUBLISHED_RECEIPT, '[image logo]', ...PUBLISHED_LABEL])
    const whole = await printed((await aPicture(320, 80, 'black')).toString('base64'))
    expect(whole.lines).to.deep.equal([...PUBLISHED_RECEIPT, ...PUBLISHED_LABEL])
    const [logo] = picturesOf(whole)
    const black = (logo?.bits ?? new Uint8Array()).filter((byte) => byte === 0xff).length
    expect([logo?.heightDots, black]).to.deep.equal([88, 80 * 40])
    expect((await symbolsOf(whole)).map(({ text }) => text)).to.deep.equal([
      'FAC-001234',
      'https://example.com/invoice/001234',
    ])
  })

  for (const [mode, reason] of [
    ['cover open', /^Printer A: cover-open: /],
    ['paper end', /^Printer A: media-empty: out of paper$/],
    ['printer error', /^Printer A: aborted-by-system: printer error$/],
    ['resetting', /^Printer A: outcome-unknown: .*may have printed/],
    ['refusing', /^Printer A: connecting-to-device: /],
  ] as const) {
    it(`answers a printer that is ${mode} with its reason, and does not hold the job`, async () => {
      printer('A').mode = mode
      const before = printer('A').jobs.length
      expect(await failed('A', mode)).to.match(reason)
      printer('A').mode = 'healthy'
      expect((await (await open()).ask(job(`after ${mode}`, 'A')))['Status']).to.equal('DONE')
      expect(printer('A').jobs.slice(before)).to.have.length(1)
    })
  }

  it('tries a printer again that refuses the connection, as long as 3 s last', async () => {
    printer('A').mode = 'refusing'
    const { connections } = printer('A')
    const client = await open()
    client.send(job('patient', 'A'))
    while (printer('A').connections === connections) await new Promise((resolve) => setImmediate(resolve))
    printer('A').mode = 'healthy'
    expect(await client.nth(1)).to.deep.equal({ JobId: 'patient', Status: 'DONE', ErrorMessage: null })
  })

  it('prints on a mute printer when the check is tolerant or off, and not when it is strict', async () => {
    for (const code of ['A', 'OFF', 'STRICT']) printer(code).mode = 'mute'
    expect(await failed('A', 'mute')).to.equal(null)
    // A slow printer that was silent once is waited for again.
    const since = performance.now()
    expect(await failed('A', 'mute again')).to.equal(null)
    expect(performance.now() - since).to.be.at.least(1_000)
    expect(await failed('OFF', 'mute')).to.equal(null)
    expect(printer('OFF').questions).to.equal(0)
    expect(await failed('STRICT', 'mute')).to.equal(
      'Printer STRICT: connecting-to-device: no status answer within 3 s',
    )
    expect(printer('STRICT').jobs).to.have.length(0)
  })

  it('refuses in the words of the contract, in the order of the checks, and leaves no job', async () => {
    const client = await open()
    const cases: [unknown, string | null, string | RegExp][] = [
      ['{', null, /^Invalid JSON: /],
      ['[]', null, 'Message must be a JSON object'],
      [{ PrinterId: 'A' }, null, 'JobId is required'],
      [{ JobId: ' ', DocumentType: 'x' }, null, 'JobId is required'],
      [job('x'.repeat(192), 'A'), 'x'.repeat(192), 'JobId is longer than 191 characters'],
      [{ JobId: 'r' }, 'r', 'PrinterId is required'],
      [job('r', 'a'), 'r', 'Printer a not found in configuration'],
      [job('r', 'ZEBRA'), 'r', 'Printer ZEBRA does not print ESC/POS'],
      [{ JobId: 'r', PrinterId: 'A' }, 'r', 'DocumentType is required'],
      [job('r', 'A', { DocumentType: 'a b' }), 'r', "DocumentType 'a b' is not valid"],
      [job('r', 'A', { DocumentType: 'none' }), 'r', "DocumentType 'none' has no template"],
      [job('r', 'A', { Document: [] }), 'r', 'Document must be an object'],
      [
        job('r', 'A', { Barcodes: [{}, { Type: 'EAN13', Value: '123' }] }),
        'r',
        "Barcodes[1]: '123' is not a valid EAN13 value",
      ],
      [{ Action: 'Dance', JobId: 'r' }, 'r', "Unknown Action 'Dance'"],
    ]
    for (const [message, jobId, words] of cases) {
      const result = await client.ask(message)
      expect([result['JobId'], result['Status']]).to.deep.equal([jobId, 'ERROR'])
      if (words instanceof RegExp) expect(result['ErrorMessage']).to.match(words)
      else expect(result['ErrorMessage']).to.equal(words)
    }
    const { json } = await admin.get('/v1/cloud-printing/jobs?resource_type=thermal_job&resource_id=r')
    expect(json.data).to.deep.equal([])
  })

  it('reads members in any letter case, values of careless types, and ignores what is blank or binary', async () => {
    const client = await open()
    client.send('  ')
    client.socket.send(Buffer.from([1, 2, 3]))
    const result = await client.ask({ jobid: 7, PRINTERID: 'A', documenttype: 'Comanda', document: {} })
    expect(result).to.deep.equal({ JobId: '7', Status: 'DONE', ErrorMessage: null })
  })

  it('prints the next message with a template that was just updated', async () => {
    const client = await open()
    const Template = {
      DocumentType: 'own',
      Sections: [{ Elements: [{ StaticValue: 10.5, Label: 'own: ' }] }],
    }
    client.send({ Action: 'updatetemplate', Template })
    client.send(job('templated', 'A', { DocumentType: 'OWN' }))
    expect(Object.keys(await client.nth(1))).to.deep.equal(['DocumentType', 'Success', 'Message', 'Action'])
    expect(await client.nth(1)).to.include({
      DocumentType: 'own',
      Success: true,
      Action: 'TemplateUpdateResult',
    })
    expect(await client.nth(2)).to.include({ JobId: 'templated', Status: 'DONE' })
    expect(readJob(printer('A').jobs.at(-1) as Buffer).lines.join()).to.contain('own: 10.5')
    const refused = await client.ask({ Action: 'UpdateTemplate', Template: { DocumentType: 'own' } })
    expect(refused).to.include({ Success: false, Message: 'Template own: Sections is required' })
  })

  it('sends a command alone, without a question or a print job, and answers only with a JobId', async () => {
    const client = await open()
    const { questions } = printer('A')
    client.send({ Action: 'ExecuteCommand', PrinterId: ' A ', Command: ' cut' })
    client.send({ Action: 'StartListening', ScaleId: '1' })
    const result = await client.ask({
      Action: 'ExecuteCommand',
      PrinterId: 'A',
      Command: 'Drawer',
      JobId: 'd',
    })
    expect(result).to.deep.equal({ JobId: 'd', Status: 'DONE', ErrorMessage: null })
    expect(
      printer('A')
        .jobs.slice(-2)
        .map((bytes) => bytes.toString('hex')),
    ).to.deep.equal(['1d5600', '1b70003232'])
    expect(printer('A').questions).to.equal(questions)
    expect(client.heard).to.have.length(1)
  })

  it('does not print an idempotent message twice, unless it failed', async () => {
    const client = await open()
    const message = job('idem', 'A', { Idempotent: true })
    printer('A').mode = 'cover open'
    expect(await client.ask(message)).to.include({ Status: 'ERROR' })
    printer('A').mode = 'healthy'
    const before = printer('A').jobs.length
    for (let round = 1; round <= 3; round += 1)
      expect(await client.ask(message)).to.include({ Status: 'DONE' })
    expect(printer('A').jobs.length - before).to.equal(1)
  })

  it('keeps bytes and picture of a virtual printer, and copies a job when it is done', async () => {
    const before = printer('B').jobs.length
    expect(await (await open()).ask(job('copied', 'COPYING'))).to.include({ Status: 'DONE' })
    const { json } = await admin.get('/v1/cloud-printing/jobs?resource_type=thermal_job&resource_id=copied')
    const folder = join(server.dataDir, 'virtual-printers', 'COPYING')
    const bytes = await readFile(join(folder, `${json.data[0].id}.bin`))
    expect(bytes.subarray(0, 2).toString('hex')).to.equal('1b40')
    const picture = await sharp(await readFile(join(folder, `${json.data[0].id}.png`))).metadata()
    expect(picture.width).to.equal(576)
    while (printer('B').jobs.length === before) await new Promise((resolve) => setImmediate(resolve))
    expect(printer('B').jobs.at(-1)?.equals(bytes)).to.equal(true)
    const copies = await admin.get('/v1/cloud-printing/jobs?resource_type=thermal_copy&resource_id=copied')
    expect(copies.json.data).to.have.length(1)
  })

  it('reprints on the printer that the receipt was made for', async () => {
    expect(await (await open()).ask(job('again', 'COPYING'))).to.include({ Status: 'DONE' })
    const path = '/v1/cloud-printing/jobs'
    const { json } = await admin.get(`${path}?resource_type=thermal_job&resource_id=again`)
    const { id } = json.data[0]
    const reprint = await admin.post(`${path}/${id}/reprint`, { reason: 'the paper tore' })
    expect(reprint.status).to.equal(201)
    expect(reprint.json.data.printer.name).to.equal('COPYING')
    let status = ''
    while (status !== 'completed')
      status = (await admin.get(`${path}/${reprint.json.data.id}`)).json.data.status
    const folder = join(server.dataDir, 'virtual-printers', 'COPYING')
    const [first, second] = await Promise.all(
      [id, reprint.json.data.id].map((one: string) => readFile(join(folder, `${one}.png`))),
    )
    expect(first).to.deep.equal(second)
  })

  it('holds jobs and results of a paused printer, up to 64 of a connection', async () => {
    const pause = (isPaused: boolean) =>
      server.db('printers').where({ code: 'B' }).update({ is_paused: isPaused })
    const client = await open()
    await pause(true)
    for (let count = 0; count < 65; count += 1) client.send(job(`p${count}`, 'B'))
    const message = 'busy: 64 jobs are waiting on this connection'
    expect(await client.nth(1)).to.deep.equal({ JobId: 'p64', Status: 'ERROR', ErrorMessage: message })
    expect(client.heard).to.have.length(1)
    await pause(false)
    await client.nth(65)
    expect(client.heard.slice(1).map(({ JobId }) => JobId)).to.deep.equal(
      Array.from({ length: 64 }, (_, count) => `p${count}`),
    )
  })

  it('answers at one process what another printed, with the templates of both', async () => {
    const config = readConfig({ ...server.env, THERMAL_PORT: String(await freePort()) })
    const other = await startPackhouse({ config, log: pino({ level: 'silent' }), renderingPool })
    const client = await openThermalClient(`ws://127.0.0.1:${config.thermal.port}/websocket/`)
    try {
      const Template = { DocumentType: 'shared', Sections: [{ Elements: [{ StaticValue: 'shared' }] }] }
      expect(await client.ask({ Action: 'UpdateTemplate', Template })).to.include({ Success: true })
      const own = await open()
      const ids = Array.from({ length: 6 }, (_, count) => `s${count}`)
      for (const id of ids) {
        client.send(job(id, 'A', { DocumentType: 'shared' }))
        own.send(job(id, 'A', { DocumentType: 'shared' }))
      }
      await Promise.all([client.nth(7), own.nth(6)])
      const results = [...client.heard.slice(1), ...own.heard]
      expect(results.map(({ JobId, Status }) => [JobId, Status])).to.deep.equal(
        [...ids, ...ids].map((id) => [id, 'DONE']),
      )
    } finally {
      await client.close()
      await other.stop()
    }
  })

  it('answers what a station client reports', async () => {
    const client = await open()
    client.send(job('far', 'FAR'))
    const path = '/v1/cloud-printing/jobs'
    let id: string | undefined
    while (id === undefined) {
      id = (await admin.get(`${path}?resource_type=thermal_job&resource_id=far`)).json.data[0]?.id
    }
    await admin.post(`${path}/${id}`, { status: 'failed', reason: 'it burns' })
    expect(await client.nth(1)).to.deep.equal({
      JobId: 'far',
      Status: 'ERROR',
      ErrorMessage: 'Printer FAR: it burns',
    })
  })

  it('answers how a job ended, though the database could not be asked when it was queued', async () => {
    const client = await open()
    const path = '/v1/cloud-printing/jobs'
    // The table is asked for ends alone here: the printer is a station client's.
    await server.db.raw('alter table printer_commands rename to printer_commands_away')
    let id: string
    try {
      client.send(job('untold', 'FAR'))
      id = await eventually('the job is queued', async () => {
        const { json } = await admin.get(`${path}?resource_type=thermal_job&resource_id=untold`)
        return json.data[0]?.id as string | undefined
      })
      // An answer, if there were one, would come before that of the message after it.
      expect(await client.ask(job('', 'FAR'))).to.include({ ErrorMessage: 'JobId is required' })
      expect(client.heard).to.have.length(1)
    } finally {
      await server.db.raw('alter table printer_commands_away rename to printer_commands')
    }
    for (const status of ['processing', 'completed']) {
      expect((await admin.post(`${path}/${id}`, { status })).status).to.equal(200)
    }
    expect(await client.nth(2)).to.deep.equal({ JobId: 'untold', Status: 'DONE', ErrorMessage: null })
  })

  it('answers 50 jobs from 5 clients for 2 printers, each in its order, over one connection at a time', async () => {
    printer('A').mode = 'slow'
    const group = await Promise.all(Array.from({ length: 5 }, open))
    const sent = group.map((client, index) =>
      Array.from({ length: 10 }, (_, count) => {
        const message = job(`c${index}-${count}`, count % 2 === 0 ? 'A' : 'B')
        client.send(message)
        return message
      }),
    )
    await Promise.all(group.map((client) => client.nth(10)))
    for (const [index, client] of group.entries()) {
      expect(client.heard.every(({ Status }) => Status === 'DONE')).to.equal(true)
      const answered = client.heard.map(({ JobId }) => JobId)
      for (const code of ['A', 'B']) {
        const wanted = sent[index]?.filter(({ PrinterId }) => PrinterId === code).map(({ JobId }) => JobId)
        expect(answered.filter((id) => wanted?.includes(String(id)))).to.deep.equal(wanted)
      }
    }
    expect([printer('A').connectionsMax, printer('B').connectionsMax]).to.deep.equal([1, 1])
  })

  it("runs the published page's JavaScript as it stands, and the receipt comes out of an ESC/POS printer", async () => {
    const own = await startServer({ env: { THERMAL_PORT: '7000', PRINTER_PORTS: '1-65535' } })
    const paper = await startEscposPrinter()
    try {
      await connectReceiptPrinter(own, paper.port)
      const said = await new Promise<string>((resolve, reject) => {
        const told = { log: resolve, error: reject }
        // biome-ignore lint/security/noGlobalEval: the example is run to the letter
        new Function('WebSocket', 'console', PUBLISHED)(WebSocket, told)
      })
      expect(said).to.match(/^Print job job_\d+ completed successfully$/)
      const printed = paper.jobs.map((bytes) => textOf(interpret(bytes)).join('\n')).join('\n')
      expect(printed)
        .to.match(/FAC-001234/)
        .and.match(/Coffee/)
    } finally {
      await own.stop()
      await paper.close()
    }
  })

  it('tells its clients with 1001 that it stops', async () => {
    const own = await startServer()
    const client = await openThermalClient(`${own.url.replace('http', 'ws')}/websocket/`, {
      headers: { 'X-API-KEY': own.credentials.thermal.api_key },
    })
    const closed = once(client.socket, 'close')
    await own.stop()
    expect((await closed)[0]).to.equal(1001)
  })
})

/** The demo's receipt printer becomes a real one at that port: as an operator would do it. */
async function connectReceiptPrinter(server: TestServer, port: number): Promise<void> {
  const rest = createRestClient(server.url, server.credentials.admin.api_key)
  const station = `/v1/cloud-printing/stations/${server.credentials.station_id}`
  const { printers } = (await rest.get(station)).json.data
  const connection = { type: 'socket', host: '127.0.0.1', port, language: 'escpos' }
  const { status } = await rest.post(station, {
    printers: printers.map((printer: { code: string | null }) =>
      printer.code === 'PRINTER_001' ? { ...printer, connection } : printer,
    ),
  })
  expect(status).to.equal(200)
}
