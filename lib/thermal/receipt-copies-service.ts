import type { Caller } from '../access/caller.ts'
import type { Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import type { StoredDocument } from '../documents/document.ts'
import type { DocumentsService } from '../documents/documents-service.ts'
import { describeRaw, ESCPOS_TYPE } from '../documents/raw-document.ts'
import type { PrintJobsService } from '../print-jobs/print-jobs-service.ts'
import type { PrintersService } from '../printers/printers-service.ts'
import type { ReceiptsService, ThermalPrinter } from './receipts-service.ts'
import type { SentMessage } from './sent-message.ts'
import { ThermalError } from './thermal-error.ts'
import { type DueCopy, insertCopies, insertPicture, takeDueCopies } from './thermal-job-store.ts'

/** A receipt made for one printer, with its picture where the printer is a folder. */
interface Made {
  readonly target: ThermalPrinter
  readonly bytes: Buffer
  readonly picture: Buffer | null
}

/** Receipts for a message's printer, and those of `copy_to`: contracts/thermal.md, section 3. */
export interface ReceiptCopiesService {
  /** Throws ThermalError. */
  make(target: ThermalPrinter, message: SentMessage): Promise<Made>
  /** Each for its own paper; what can't be printed there is left out and changes nothing else. */
  makeFurther(caller: Caller, main: ThermalPrinter, message: SentMessage): Promise<readonly Made[]>
  store(trx: Db, made: Made): Promise<StoredDocument>
  /** They are printed when the job is done. */
  order(trx: Db, jobId: string, copies: readonly Made[]): Promise<void>
  /** Makes jobs of what was ordered, once, if the job has printed; forgets it if it has not. */
  print(jobId: string): Promise<void>
}

export interface ReceiptCopiesOptions {
  readonly db: Db
  readonly documents: DocumentsService
  readonly printers: PrintersService
  readonly printJobs: PrintJobsService
  readonly receipts: ReceiptsService
}

export function createReceiptCopiesService(options: ReceiptCopiesOptions): ReceiptCopiesService {
  const { db, documents, receipts } = options

  const store = (trx: Db, { bytes }: Made): Promise<StoredDocument> =>
    documents.store(trx, describeRaw(bytes, ESCPOS_TYPE))

  const make = async (target: ThermalPrinter, message: SentMessage): Promise<Made> => {
    const { printer, settings } = target
    const isDrawn = printer.connection.type === 'virtual'
    const { bytes, picture } = await receipts.make(message, { settings, isDrawn })
    return { target, bytes: asBuffer(bytes), picture: picture && asBuffer(picture) }
  }

  return {
    make,
    store,

    async makeFurther(caller, main, message) {
      const made: Made[] = []
      for (const code of main.settings.copyTo) {
        const target = await receipts.findPrinter(caller, code)
        if (!target?.takesEscpos) continue
        const copy = await make(target, message).catch(unlessRefused)
        if (copy) made.push(copy)
      }
      return made
    },

    async order(trx, jobId, copies) {
      const orders = []
      for (const copy of copies) {
        const { documentId } = await store(trx, copy)
        orders.push({ printerId: copy.target.printer.printerId, documentId, picture: copy.picture })
      }
      await insertCopies(trx, jobId, orders)
    },

    print: (jobId) =>
      inTransaction(db, async (trx) => {
        for (const copy of await takeDueCopies(trx, jobId)) await printCopy(options, trx, copy)
      }),
  }
}

async function printCopy(
  { documents, printers, printJobs }: ReceiptCopiesOptions,
  trx: Db,
  copy: DueCopy,
): Promise<void> {
  const document = await documents.find(trx, copy.documentId)
  const printer = await printers.getPrinter(trx, copy.printerId)
  if (!document || printer.isRemoved) return
  const job = await printJobs.submitTo(trx, printer, {
    name: copy.name,
    document,
    callerId: copy.createdBy,
    callerName: copy.userName,
    resource: { type: 'thermal_copy', id: copy.name, document: copy.documentType },
    isAnswered: false,
  })
  if (job && copy.picture) await insertPicture(trx, job.jobId, copy.picture)
}

/** The same memory. */
function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength)
}

function unlessRefused(error: unknown): undefined {
  if (!(error instanceof ThermalError)) throw error
}
