import { EventEmitter, once } from 'node:events'
import { expect } from 'chai'
import { pino } from 'pino'
import { createDocumentsService } from '../../lib/documents/documents-service.ts'
import { chooseFormat } from '../../lib/print-jobs/delivery-format.ts'
import { DEFAULT_PRINT_OPTIONS } from '../../lib/print-jobs/print-job.ts'
import { createPrintableDocuments } from '../../lib/print-jobs/printable-documents.ts'
import type { MediumPrinter } from '../../lib/print-jobs/printed-medium.ts'
import type { Rendering } from '../../lib/rendering/rendering.ts'
import { createRendering } from '../../lib/rendering/rendering-pool.ts'
import { cloneDatabase, type TestDatabase } from '../helpers/database.ts'
import { makeLabelPdf } from '../helpers/documents.ts'

const CONFIGURATION = { dpi: null, speed: null, spooling: false, port: null, type: null, thermal: null }
const PRINTER: MediumPrinter = {
  pageSizes: ['label_4x6'],
  pool: 'LABEL',
  connection: { type: 'socket', host: '127.0.0.1', port: 9100, language: 'zpl' },
  configuration: CONFIGURATION,
}

describe('labels that were made once', () => {
  let database: TestDatabase
  let rendering: Rendering

  before(async () => {
    database = await cloneDatabase()
    rendering = createRendering({ log: pino({ level: 'silent' }) })
  })
  after(async () => {
    await rendering.close()
    await database.drop()
  })

  it('are not made again for the same settings and kind of printer, and are for others', async () => {
    const { db } = database
    const documents = createDocumentsService(rendering)
    const document = await documents.inspect(await makeLabelPdf(), { field: 'data', dpi: 203 })
    const { documentId } = await documents.store(db, document)
    let made = 0
    const counting: Rendering = {
      ...rendering,
      print: (request) => {
        made += 1
        return rendering.print(request)
      },
    }
    const printable = createPrintableDocuments({ db, documents, rendering: counting })
    const options = { ...DEFAULT_PRINT_OPTIONS, totalPages: 1 }
    const make = async (printer: MediumPrinter, change: Partial<typeof options> = {}) => {
      const job = { documentId, printTarget: null, options: { ...options, ...change } }
      return printable.make(
        job,
        await printable.mediumFor(job, printer),
        chooseFormat(printer, job.options, null),
      )
    }
    const [first, second] = await Promise.all([make(PRINTER), make(PRINTER)])
    expect(second.bytes).to.equal(first.bytes)
    await make({ ...PRINTER, connection: { type: 'socket', host: '127.0.0.2', port: 9100, language: 'zpl' } })
    expect(made).to.equal(1)
    await make({ ...PRINTER, configuration: { ...CONFIGURATION, dpi: '300' } })
    await make(PRINTER, { scaling: 0.5 })
    expect(made).to.equal(3)
  })

  it('are made before what is asked for later, by whoever waits for what was begun beforehand', async () => {
    const { db } = database
    const single = createRendering({ threads: 1, log: pino({ level: 'silent' }) })
    const asked = new EventEmitter()
    const heard: Rendering = {
      ...single,
      print: (...request) => (asked.emit('print'), single.print(...request)),
      examine: (...request) => (asked.emit('examine'), single.examine(...request)),
    }
    const documents = createDocumentsService(rendering)
    const printable = createPrintableDocuments({ db, documents, rendering: heard })
    const label = await makeLabelPdf({ code128: 'WANTED1' })
    const { documentId } = await documents.store(
      db,
      await documents.inspect(label, { field: 'data', dpi: 203 }),
    )
    const options = { ...DEFAULT_PRINT_OPTIONS, totalPages: 1 }
    const job = { documentId, printTarget: null, options }
    const medium = await printable.mediumFor(job, PRINTER)
    const format = chooseFormat(PRINTER, options, null)
    const ways = {
      print: (isBeforehand: boolean) => printable.make({ ...job, isBeforehand }, medium, format),
      examine: (isBeforehand: boolean) => printable.examine({ ...job, isBeforehand }, medium),
    }
    try {
      for (const [name, ask] of Object.entries(ways)) {
        const order: string[] = []
        const told = (work: Promise<unknown>, what: string) => work.then(() => order.push(what))
        const busy = single.drawPage(label, 1, 1200)
        const isAsked = once(asked, name)
        const begun = ask(true)
        await isAsked
        const later = single.inspect(label, { dpi: 203 })
        const all = [busy, begun, told(ask(false), 'joined'), told(later, 'asked before it was joined')]
        all.push(told(single.inspect(label, { dpi: 203 }), 'asked after'))
        await Promise.all(all)
        expect(order, name).to.deep.equal(['asked before it was joined', 'joined', 'asked after'])
      }
    } finally {
      await single.close()
    }
  })
})
