import type { Caller } from '../access/caller.ts'
import type { Db } from '../db/database.ts'
import { InvalidError, NotFoundError } from '../errors.ts'
import type { Printer } from '../printers/printer.ts'
import type { PrintersService } from '../printers/printers-service.ts'
import { type Rendering, UnreadableError } from '../rendering/rendering.ts'
import type { PrepareDelivery } from './delivery-preparation.ts'
import type { JobLookupService } from './job-lookup-service.ts'
import type { PrintJob } from './print-job.ts'

/** Pictures of what was or will be printed: contracts/cloud-printing.md, section 2, `preview.png`. */
export interface JobPreviewService {
  /**
   * PNG. Throws NotFoundError past the last page and for raw documents, InvalidError with reason `unsupported_document` for
   * a page that can't be drawn within its limits, and as `getJob` does.
   */
  draw(caller: Caller, jobId: string, page: number): Promise<Uint8Array>
}

export interface JobPreviewOptions {
  readonly db: Db
  readonly jobLookup: JobLookupService
  readonly printers: PrintersService
  readonly prepare: PrepareDelivery
  readonly rendering: Rendering
}

const LABEL_DPI = 203
/** Enough to read a page on a screen. */
const PAGE_DPI = 100
const COUNTING_DPI = 72

export function createJobPreviewService(options: JobPreviewOptions): JobPreviewService {
  const { db, jobLookup, printers, prepare, rendering } = options
  return {
    async draw(caller, jobId, page) {
      const job = await jobLookup.getJob(caller, jobId)
      const printer = await printers.getPrinter(db, job.printer.printerId)
      return drawPage(job, printer, page).catch((error: unknown) => {
        if (!(error instanceof UnreadableError)) throw error
        throw new InvalidError(
          'page',
          'unsupported_document',
          `page ${page} cannot be drawn: ${error.message}`,
        )
      })
    },
  }

  async function drawPage(job: PrintJob, printer: Printer, page: number): Promise<Uint8Array> {
    const { bytes, mediaType } = await prepare(job, printer, null)
    if (mediaType !== 'application/pdf') throw new NotFoundError('page', String(page))
    const { pageCount } = await rendering.inspect(bytes, { dpi: COUNTING_DPI })
    if (page > pageCount) throw new NotFoundError('page', String(page))
    const isLabel = isThermal(printer)
    return rendering.drawPage(bytes, page, isLabel ? LABEL_DPI : PAGE_DPI, { isBlackAndWhite: isLabel })
  }
}

function isThermal({ pool, connection }: Printer): boolean {
  if (connection.type === 'socket') return connection.language === 'zpl' || connection.language === 'escpos'
  return pool !== null && pool !== 'LASER'
}
