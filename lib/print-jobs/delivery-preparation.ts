import type { Db } from '../db/database.ts'
import type { Delivery, DeviceAbilities } from '../delivery/driver.ts'
import type { DocumentsService } from '../documents/documents-service.ts'
import { isRawType, ZPL_TYPE } from '../documents/raw-document.ts'
import { filterZpl } from '../documents/zpl-filter.ts'
import { NotFoundError } from '../errors.ts'
import type { Printer } from '../printers/printer.ts'
import { UnreadableError } from '../rendering/rendering.ts'
import { chooseFormat } from './delivery-format.ts'
import type { LabelChecks } from './label-checks.ts'
import type { ClaimedJob } from './ledger-store.ts'
import type { PrintableDocuments } from './printable-documents.ts'
import { mediumOf, paperOf } from './printed-medium.ts'

/** `copies` where some are in the document already, `paper` where it is laid out for one; else both are the job's own. */
export type PreparedDocument = Pick<Delivery, 'bytes' | 'mediaType' | 'picture'> &
  Partial<Pick<Delivery, 'copies' | 'paper'>>

/**
 * What is sent to a printer for a job: contracts/printing.md, "Settings → paper" and "Languages". `device` is what the
 * device itself says it takes; null where it isn't asked. Throws UnreadableError, and NotFoundError for a document whose
 * bytes are not there.
 */
export type PrepareDelivery = (
  claimed: Pick<ClaimedJob, 'job' | 'firstPage' | 'rawBytes'>,
  printer: Printer,
  device: DeviceAbilities | null,
) => Promise<PreparedDocument>

export function createDeliveryPreparation(options: {
  readonly db: Db
  readonly documents: DocumentsService
  readonly printable: PrintableDocuments
  readonly labelChecks: LabelChecks
}): PrepareDelivery {
  const { db, documents, printable, labelChecks } = options
  return async ({ job, firstPage, rawBytes }, printer, device) => {
    const { mediaType } = job
    if (isRawType(mediaType)) {
      const bytes = rawBytes ?? (await documents.read(db, job.documentId)).bytes
      return { bytes: mediaType === ZPL_TYPE ? withoutSettings(bytes) : bytes, mediaType }
    }
    if (!firstPage) throw new NotFoundError('document', job.documentId)
    const medium = mediumOf(job, printer, firstPage)
    labelChecks.examineLate(job, medium)
    const format = chooseFormat(printer, job.options, device)
    const { bytes } = await printable.make(job, medium, format)
    return { bytes, mediaType: format.mediaType, copies: format.copiesOutside, paper: paperOf(medium) }
  }
}

/** Documents are kept as they came, for `data_url`: what would change the printer is taken out on the way to it. */
function withoutSettings(zpl: Buffer): Buffer {
  const filtered = filterZpl(zpl)
  if ('refusal' in filtered) throw new UnreadableError('unreadable', filtered.refusal)
  return filtered.bytes
}
