import type { Caller } from '../access/caller.ts'
import type { Db } from '../db/database.ts'
import { isRawType } from '../documents/raw-document.ts'
import { InvalidError, NotFoundError } from '../errors.ts'
import type { PrintersService } from '../printers/printers-service.ts'
import { UnreadableError } from '../rendering/rendering.ts'
import type { JobLookupService } from './job-lookup-service.ts'
import type { PrintableDocuments } from './printable-documents.ts'

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
  readonly printable: PrintableDocuments
}

export function createJobPreviewService(options: JobPreviewOptions): JobPreviewService {
  const { db, jobLookup, printers, printable } = options
  return {
    async draw(caller, jobId, page) {
      const job = await jobLookup.getJob(caller, jobId)
      if (isRawType(job.mediaType)) throw new NotFoundError('page', String(page))
      const printer = await printers.getPrinter(db, job.printer.printerId)
      const medium = await printable.mediumFor(job, printer)
      const picture = await printable.draw(job, medium, page).catch((error: unknown) => {
        if (!(error instanceof UnreadableError)) throw error
        throw new InvalidError(
          'page',
          'unsupported_document',
          `page ${page} cannot be drawn: ${error.message}`,
        )
      })
      if (!picture) throw new NotFoundError('page', String(page))
      return picture
    },
  }
}
