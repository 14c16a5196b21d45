/**
 * Labels from PDF to the dots of a 203 dpi head, as the product makes them: read from the database, drawn in worker threads,
 * packed into ZPL. The baseline draws and packs nothing more than a bitmap; both have two at a time, for two cores.
 */
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { pino } from 'pino'
import { createDatabase } from '../../lib/db/database.ts'
import { migrate } from '../../lib/db/migrations.ts'
import { createDocumentsService } from '../../lib/documents/documents-service.ts'
import { chooseFormat } from '../../lib/print-jobs/delivery-format.ts'
import { DEFAULT_PRINT_OPTIONS } from '../../lib/print-jobs/print-job.ts'
import {
  createPrintableDocuments,
  type PrintableDocuments,
} from '../../lib/print-jobs/printable-documents.ts'
import type { MediumPrinter } from '../../lib/print-jobs/printed-medium.ts'
import { createRendering } from '../../lib/rendering/rendering-pool.ts'
import { makeLabelPdf } from '../../test/helpers/documents.ts'
import { readZplGraphic } from '../../test/helpers/zpl-reader.ts'
import { startBenchDatabase } from '../bench-server.ts'
import { makeFolder } from '../folder.ts'
import type { Contestant, Suite } from '../harness.ts'
import { requirePrograms } from '../peers.ts'

const run = promisify(execFile)
const LABELS = 16
const AT_ONCE = 2
const DPI = 203
const BITMAP_MAX_BYTES = 64 * 1024 * 1024
/** Of the dots that are black in one picture: two renderers draw edges a little differently. */
const TOLERANCE = 0.05

const PRINTER: MediumPrinter = {
  pageSizes: ['label_4x6'],
  pool: 'LABEL',
  connection: { type: 'socket', host: '127.0.0.1', port: 9100, language: 'zpl' },
  configuration: { dpi: null, speed: null, spooling: false, port: null, type: null, thermal: null },
}

export const rendering: Suite = {
  name: 'rendering',
  title: 'labels of 4 x 6 in with three symbols, from PDF to the dots of a 203 dpi head, two at a time',
  unit: 'labels/s',
  better: 'higher',
  effort: { rounds: 7, ms: 1_500 },
  async open() {
    await requirePrograms({ pdftoppm: 'poppler-utils' })
    const { path: folder } = await makeFolder()
    const pdfs = await Promise.all(
      Array.from({ length: LABELS }, (_, index) => makeLabelPdf({ code128: `PH00000123${index + 10}` })),
    )
    const files = pdfs.map((_, index) => join(folder, `label-${index}.pdf`))
    await Promise.all(pdfs.map((pdf, index) => writeFile(files[index] ?? '', pdf)))
    const floor = await openLabels(pdfs)
    await assertSameDots(files, floor)
    return {
      races: [{ title: 'one page', contestants: [pdftoppm(files), ...packhouse(floor)] }],
      close: () => floor.close(),
    }
  },
}

interface Labels {
  readonly documentIds: readonly string[]
  /** Keeps what it has made. */
  readonly kept: PrintableDocuments
  /** Has made nothing yet. */
  fresh(): PrintableDocuments
  close(): Promise<void>
}

async function openLabels(pdfs: readonly Buffer[]): Promise<Labels> {
  const database = await startBenchDatabase()
  const { host, port, user, database: name } = database.connection
  const db = createDatabase({ host, port, user, database: name } as Parameters<typeof createDatabase>[0])
  await migrate(db)
  const drawing = createRendering({ log: pino({ level: 'silent' }) })
  const documents = createDocumentsService(drawing)
  const documentIds: string[] = []
  for (const pdf of pdfs) {
    const document = await documents.inspect(pdf, { field: 'data', dpi: DPI })
    documentIds.push((await documents.store(db, document)).documentId)
  }
  const fresh = () => createPrintableDocuments({ db, documents, rendering: drawing })
  return {
    documentIds,
    kept: fresh(),
    fresh,
    async close() {
      await drawing.close()
      await db.destroy()
      await database.stop()
    },
  }
}

function packhouse({ documentIds, kept, fresh }: Labels): readonly Contestant[] {
  return [
    {
      name: 'Packhouse, PDF to ZPL',
      sample: atOnce(documentIds, async (id) => void (await zplOf(fresh(), id))),
    },
    {
      name: 'Packhouse, PDF to ZPL, its symbols read back',
      async sample(ms) {
        return atOnce(documentIds, async (id) => {
          const printable = fresh()
          const job = jobOf(id)
          const warnings = await printable.examine(job, await printable.mediumFor(job, PRINTER))
          if (warnings.length > 0) throw new Error(`a label has warnings: ${warnings.join('; ')}`)
          await zplOf(printable, id)
        })(ms)
      },
    },
    {
      name: 'Packhouse, the same labels again',
      sample: atOnce(documentIds, async (id) => void (await zplOf(kept, id))),
    },
  ]
}

function jobOf(documentId: string) {
  return { documentId, printTarget: null, options: { ...DEFAULT_PRINT_OPTIONS, totalPages: 1 } }
}

async function zplOf(printable: PrintableDocuments, documentId: string): Promise<Uint8Array> {
  const job = jobOf(documentId)
  const medium = await printable.mediumFor(job, PRINTER)
  return (await printable.make(job, medium, chooseFormat(PRINTER, job.options, null))).bytes
}

function pdftoppm(files: readonly string[]): Contestant {
  return { name: 'pdftoppm -mono', sample: atOnce(files, async (file) => void (await bitmapOf(file))) }
}

async function bitmapOf(file: string): Promise<Buffer> {
  const { stdout } = await run('pdftoppm', ['-mono', '-r', String(DPI), file], {
    encoding: 'buffer',
    maxBuffer: BITMAP_MAX_BYTES,
  })
  return stdout
}

/** How many are done in a second, two at a time, one item after the other. */
function atOnce<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Contestant['sample'] {
  return async (ms) => {
    const startedAt = performance.now()
    let count = 0
    const worker = async () => {
      while (performance.now() - startedAt < ms) await work(items[count++ % items.length] as Item)
    }
    await Promise.all(Array.from({ length: AT_ONCE }, worker))
    return (count / (performance.now() - startedAt)) * 1000
  }
}

/** Both draw the same label: nearly as many black dots, on a picture of the same height. */
async function assertSameDots(files: readonly string[], labels: Labels): Promise<void> {
  for (const [index, file] of files.entries()) {
    const bitmap = await bitmapOf(file)
    const [graphic] = readZplGraphic(
      Buffer.from(await zplOf(labels.fresh(), labels.documentIds[index] ?? '')).toString('latin1'),
    )
    const header = /^P4\n(\d+) (\d+)\n/.exec(bitmap.subarray(0, 40).toString('latin1'))
    if (!graphic || !header) throw new Error(`label ${index} was not drawn`)
    const ours = blackDots(graphic.bits)
    const theirs = blackDots(bitmap.subarray(header[0].length))
    const isSame = graphic.heightDots === Number(header[2]) && Math.abs(ours - theirs) < theirs * TOLERANCE
    if (!isSame) throw new Error(`label ${index}: ${ours} black dots beside ${theirs}`)
  }
}

function blackDots(bits: Uint8Array): number {
  let count = 0
  for (const byte of bits) for (let rest = byte; rest > 0; rest &= rest - 1) count += 1
  return count
}
