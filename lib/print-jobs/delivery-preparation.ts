import type { Db } from '../db/database.ts'
import type { DeviceAbilities } from '../delivery/driver.ts'
import type { DocumentsService } from '../documents/documents-service.ts'
import { ZPL_TYPE } from '../documents/raw-document.ts'
import { filterZpl } from '../documents/zpl-filter.ts'
import { paperSizeByKey } from '../printers/paper-sizes.ts'
import { PRINT_TARGETS, type PrintTarget, TARGET_STOCKS } from '../printers/print-target.ts'
import type { Printer } from '../printers/printer.ts'
import { type PageSize, type Rendering, UnreadableError } from '../rendering/rendering.ts'
import type { PrintJob } from './print-job.ts'

const POINTS_PER_MM = 72 / 25.4

/**
 * What is sent to a printer for a job. `device`: what the device itself takes, null where that isn't known. Throws
 * UnreadableError.
 */
export type PrepareDelivery = (
  job: PrintJob,
  printer: Printer,
  device: DeviceAbilities | null,
) => Promise<{ readonly bytes: Uint8Array; readonly mediaType: string }>

/** The bytes for a printer: PDF as it is, pictures on one page of the printer's paper (contracts/rpc.md, "Files"). */
export function createDeliveryPreparation(options: {
  db: Db
  documents: DocumentsService
  rendering: Rendering
}): PrepareDelivery {
  const { db, documents, rendering } = options
  return async (job, printer) => {
    const { document, bytes } = await documents.read(db, job.documentId)
    if (document.mediaType === ZPL_TYPE) return { bytes: withoutSettings(bytes), mediaType: ZPL_TYPE }
    if (!document.mediaType.startsWith('image/')) return { bytes, mediaType: document.mediaType }
    return { bytes: await rendering.wrapImage(bytes, pageFor(job, printer)), mediaType: 'application/pdf' }
  }
}

/** Documents are kept as they came, for `data_url`: what would change the printer is taken out on the way to it. */
function withoutSettings(zpl: Buffer): Buffer {
  const filtered = filterZpl(zpl)
  if ('refusal' in filtered) throw new UnreadableError('unreadable', filtered.refusal)
  return filtered.bytes
}

/** The size that the job asks for, else the usual stock of its target if the printer has it, else what it has. */
function pageFor(job: PrintJob, printer: Printer): PageSize {
  const stock = TARGET_STOCKS[job.printTarget ?? targetOf(printer)].page
  const sizes = printer.pageSizes.map(pageOf)
  const asked = job.options.paperSize === null ? undefined : pageOf(job.options.paperSize)
  return asked ?? sizes.find((size) => isSame(size, stock)) ?? sizes[0] ?? stock
}

/** A job that names no target goes onto what its printer is loaded with. */
function targetOf({ pool }: Printer): PrintTarget {
  return PRINT_TARGETS.find((target) => target === pool) ?? 'LASER'
}

function pageOf(key: string): PageSize {
  const size = paperSizeByKey(key)
  if (!size) throw new Error(`the registry has no paper size ${key}`)
  return { widthPt: size.widthMm * POINTS_PER_MM, heightPt: size.heightMm * POINTS_PER_MM }
}

function isSame(one: PageSize, other: PageSize): boolean {
  return Math.abs(one.widthPt - other.widthPt) < 1 && Math.abs(one.heightPt - other.heightPt) < 1
}
