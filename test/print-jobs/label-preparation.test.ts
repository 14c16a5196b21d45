import { expect } from 'chai'
import { pino } from 'pino'
import { createDocumentsService } from '../../lib/documents/documents-service.ts'
import { chooseFormat } from '../../lib/print-jobs/delivery-format.ts'
import { createLabelChecks } from '../../lib/print-jobs/label-checks.ts'
import { DEFAULT_PRINT_OPTIONS } from '../../lib/print-jobs/print-job.ts'
import { createPrintableDocuments } from '../../lib/print-jobs/printable-documents.ts'
import type { Rendering } from '../../lib/rendering/rendering.ts'
import { createRendering } from '../../lib/rendering/rendering-pool.ts'
import { makeLabelPdf } from '../helpers/documents.ts'
import { eventually } from '../helpers/eventually.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

describe('a label that may be printed soon', () => {
  let server: TestServer
  let rendering: Rendering

  before(async () => {
    server = await startServer({ env: { PRINTER_PORTS: '1-65535' } })
    rendering = createRendering({ log: pino({ level: 'silent' }) })
  })
  after(async () => {
    await rendering.close()
    await server.stop()
  })

  it('is drawn and read for the printer that it would go to, once, and the job finds both', async () => {
    const { db, services, credentials } = server
    const { printers, printJobs } = services
    const done: string[] = []
    const counting: Rendering = {
      ...rendering,
      print: async (request, untilWanted) => {
        const printed = await rendering.print(request, untilWanted)
        done.push(untilWanted?.aborted === false ? 'drawn beforehand' : 'drawn')
        return printed
      },
      examine: async (request, untilWanted) => {
        const warnings = await rendering.examine(request, untilWanted)
        done.push(untilWanted?.aborted === false ? 'read beforehand' : 'read')
        return warnings
      },
    }
    const documents = createDocumentsService(counting)
    const printable = createPrintableDocuments({ db, documents, rendering: counting })
    const log = pino({ level: 'silent' })
    const checks = createLabelChecks({ db, printers, printJobs, printable, log })
    const connection = { type: 'socket', host: '127.0.0.1', port: 9, language: 'zpl' } as const
    const station = await printers.createStation('usr_test', {
      locationId: credentials.location_id,
      name: 'Soon',
      printers: [{ name: 'Soon', pool: 'LABEL', connection, pageSizes: ['label_4x6'] }],
    })
    const inspected = await documents.inspect(await makeLabelPdf(), { field: 'data', dpi: 203 })
    const job = {
      document: await documents.store(db, inspected),
      locationId: credentials.location_id,
      callerId: 'usr_test',
      printTarget: 'LABEL',
      preferredStationId: station.stationId,
      stationId: null,
      printerName: null,
      options: {},
    } as const
    checks.prepare(job)
    await eventually('it is ready', async () => (done.length === 2 ? done : undefined))
    expect(done).to.deep.equal(['drawn beforehand', 'read beforehand'])

    const printer = station.printers[0]
    if (!printer) throw new Error('the station has a printer')
    expect(await checks.examine(job, 5_000)).to.include({ printerId: printer.printerId })
    const options = { ...DEFAULT_PRINT_OPTIONS, totalPages: 1 }
    const { documentId } = job.document
    const medium = await printable.mediumFor({ documentId, options, printTarget: 'LABEL' }, printer)
    const zpl = await printable.make({ documentId, options }, medium, chooseFormat(printer, options, null))
    expect(Buffer.from(zpl.bytes).toString('latin1')).to.include('^GFA')
    expect(done).to.have.length(2)
  })
})
