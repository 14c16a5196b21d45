import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { type EscposPrinter, startEscposPrinter } from '../helpers/escpos-printer.ts'
import { eventually } from '../helpers/eventually.ts'
import { freePort } from '../helpers/free-port.ts'
import { createRestClient, type RestClient } from '../helpers/rest-client.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { openThermalClient, type ThermalClient } from './thermal-client.ts'

const JOBS = '/v1/cloud-printing/jobs'
const receipt = (JobId: string, PrinterId: string) => ({
  JobId,
  PrinterId,
  DocumentType: 'ticket_venta',
  Document: { Number: JobId },
})

describe('thermal jobs at a printer that holds its queue', () => {
  let server: TestServer
  let admin: RestClient
  let printer: EscposPrinter
  let client: ThermalClient

  before(async () => {
    const port = await freePort()
    server = await startServer({ env: { THERMAL_PORT: String(port), PRINTER_PORTS: '1-65535' } })
    admin = createRestClient(server.url, server.credentials.admin.api_key)
    printer = await startEscposPrinter()
    const { location_id: locationId } = server.credentials
    await server.services.printers.createStation('test', {
      locationId,
      name: 'kitchen',
      printers: [
        {
          name: 'A',
          code: 'A',
          connection: { type: 'socket', host: '127.0.0.1', port: printer.port, language: 'escpos' },
        },
        { name: 'Folder', code: 'FOLDER', connection: { type: 'virtual' } },
      ],
    })
    client = await openThermalClient(`ws://127.0.0.1:${port}/websocket/`)
  })
  after(async () => {
    await client.close()
    await server.stop()
    await printer.close()
  })

  const escposJob = async (text: string): Promise<string> => {
    const data = `data:application/vnd.escpos;base64,${Buffer.from(text).toString('base64')}`
    const body = { location_id: server.credentials.location_id, printer_name: 'A', data }
    return (await admin.post(JOBS, body)).json.data.id
  }
  const held = (id: string) =>
    eventually('the job is held', async () => {
      const { data } = (await admin.get(`${JOBS}/${id}`)).json
      return data.state_reasons.length > 0 ? data : undefined
    })

  for (const [mode, reasons, answer] of [
    ['printer error', ['printer-offline'], 'aborted-by-system: printer error'],
    ['paper end', ['media-empty'], 'media-empty: out of paper'],
  ] as const) {
    it(`are answered at once behind a job that waits for the end of ${mode}, which prints then`, async () => {
      printer.mode = mode
      const before = printer.jobs.length
      const id = await escposJob(`waits for ${mode}`)
      expect(await held(id)).to.deep.include({ status: 'queued', state_reasons: reasons, reason: null })
      const result = await client.ask(receipt(mode, 'A'))
      expect(result).to.include({ Status: 'ERROR', ErrorMessage: `Printer A: ${answer}` })
      printer.mode = 'healthy'
      await eventually('the job prints', () => (printer.jobs.length > before ? true : undefined))
      expect(printer.jobs.slice(before).map(String)).to.deep.equal([`waits for ${mode}`])
    })
  }

  it('are answered when the disk of a virtual printer refuses, and printed when it does not', async () => {
    const folder = join(server.dataDir, 'virtual-printers', 'Folder')
    await mkdir(join(server.dataDir, 'virtual-printers'), { recursive: true })
    await writeFile(folder, 'in the way')
    const refused = await client.ask(receipt('refused', 'FOLDER'))
    expect(refused).to.include({ JobId: 'refused', Status: 'ERROR' })
    expect(refused['ErrorMessage']).to.match(/^Printer FOLDER: connecting-to-device: .*EEXIST/)
    await rm(folder)
    expect(await client.ask(receipt('taken', 'FOLDER'))).to.include({ JobId: 'taken', Status: 'DONE' })
  })
})
