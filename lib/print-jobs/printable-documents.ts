import { LRUCache } from 'lru-cache'
import type { Db } from '../db/database.ts'
import type { DocumentsService } from '../documents/documents-service.ts'
import { NotFoundError } from '../errors.ts'
import type { PageRequest, PrintableDocument } from '../rendering/print-request.ts'
import { type Rendering, UnreadableError } from '../rendering/rendering.ts'
import { type AwaitedWork, startAwaited } from './awaited-work.ts'
import type { DeliveryFormat } from './delivery-format.ts'
import { ExaminedDocuments } from './examined-documents.ts'
import { pageRequestOf } from './page-request.ts'
import type { PrintJob } from './print-job.ts'
import { type Medium, type MediumPrinter, type MediumRequest, mediumOf } from './printed-medium.ts'

export interface PrintedJob extends Pick<PrintJob, 'documentId' | 'options'> {
  /** Nobody waits for it yet: others go first, until somebody asks for the same and waits. */
  readonly isBeforehand?: boolean
}

/**
 * Documents with a job's settings applied, in the language of a printer. Kept by document, settings and kind of printer,
 * so that a second copy, a reprint or the next package's label costs nothing.
 */
export interface PrintableDocuments {
  /** What a job would be printed on. Throws NotFoundError for a document whose bytes are not there. */
  mediumFor(job: MediumRequest & PrintedJob, printer: MediumPrinter): Promise<Medium>
  /** Throws UnreadableError. */
  make(job: PrintedJob, medium: Medium, format: DeliveryFormat): Promise<PrintableDocument>
  /** Warnings about a label as it would be printed. Without `bytes` they are read. Throws UnreadableError. */
  examine(job: PrintedJob & { readonly bytes?: Uint8Array }, medium: Medium): Promise<readonly string[]>
  /** What `examine` would answer, where that is known already. */
  examined(job: PrintedJob, medium: Medium): readonly string[] | undefined
  /** What is known of a document by one name is known by another too. */
  rename(documentKey: string, documentId: string): void
  /** A sheet of it as PNG, at the printer's own dots for a thermal one; undefined past the last. Throws UnreadableError. */
  draw(job: PrintedJob, medium: Medium, sheet: number): Promise<Uint8Array | undefined>
}

export interface PrintableOptions {
  readonly db: Db
  readonly documents: DocumentsService
  readonly rendering: Rendering
}

/** Some thousand labels. */
const KEPT_MAX_BYTES = 64 * 1024 * 1024
const KEPT_MAX_ENTRIES = 5_000
/** A document that is longer is made again: one of them would push out hundreds of labels. */
const KEPT_ENTRY_MAX_BYTES = 4 * 1024 * 1024
/** Enough to read a page on a screen. */
const SCREEN_DPI = 100
/** Pages that couldn't be drawn, each after seconds of a thread: whoever asks again is told at once. */
const UNDRAWN_MAX_ENTRIES = 1_000
const UNDRAWN_MS = 600_000

export function createPrintableDocuments(options: PrintableOptions): PrintableDocuments {
  const { db, documents, rendering } = options
  const kept = new LRUCache<string, PrintableDocument>({
    max: KEPT_MAX_ENTRIES,
    maxSize: KEPT_MAX_BYTES,
    maxEntrySize: KEPT_ENTRY_MAX_BYTES,
    sizeCalculation: ({ bytes }) => Math.max(1, bytes.length),
  })
  const making = new Map<string, AwaitedWork<PrintableDocument>>()

  const render = async (
    { documentId }: PrintedJob,
    request: Omit<PageRequest, 'bytes'>,
    { language, dpi }: { readonly language: DeliveryFormat['language']; readonly dpi: number },
    untilWanted: AbortSignal,
  ): Promise<PrintableDocument> => {
    const { bytes } = await documents.read(db, documentId)
    return language === null
      ? rendering.arrange({ ...request, bytes }, untilWanted)
      : rendering.print({ ...request, bytes, dpi, language }, untilWanted)
  }

  const examined = new ExaminedDocuments()

  return {
    async examine(job, medium) {
      const { isBeforehand = false } = job
      const { request, key } = lookOf(job, medium)
      const look = async (untilWanted: AbortSignal) => {
        const bytes = job.bytes ?? (await documents.read(db, job.documentId)).bytes
        return rendering.examine({ ...request, bytes, dpi: medium.dpi }, untilWanted)
      }
      return resultOf(
        examined.get(job.documentId, key, () => startAwaited(isBeforehand, look)),
        isBeforehand,
      )
    },

    examined: (job, medium) => examined.find(job.documentId, lookOf(job, medium).key),

    rename: (documentKey, documentId) => examined.rename(documentKey, documentId),

    async mediumFor(job, printer) {
      const document = await documents.find(db, job.documentId)
      if (!document) throw new NotFoundError('document', job.documentId)
      const { firstPageWidthPt: widthPt, firstPageHeightPt: heightPt } = document
      return mediumOf(job, printer, { widthPt, heightPt })
    },

    async make(job, medium, { language, dpi: ownDpi, copiesInside }) {
      const paperKind = language === null ? 'loaded' : 'asked'
      const request = pageRequestOf(job.options, medium, { paperKind, copies: copiesInside })
      const target = { language, dpi: ownDpi ?? medium.dpi }
      const key = JSON.stringify([job.documentId, request, language === null ? null : target])
      const { isBeforehand = false } = job
      const known = kept.get(key)
      if (known) return known
      const begun = making.get(key)
      if (begun) return resultOf(begun, isBeforehand)
      const make = (untilWanted: AbortSignal) =>
        render(job, request, target, untilWanted).finally(() => making.delete(key))
      const made = startAwaited(isBeforehand, make)
      making.set(key, made)
      const document = await made.result
      kept.set(key, document)
      return document
    },

    draw: createSheetDrawing(options),
  }
}

/** How a label is looked at, and the name of that look. */
function lookOf({ options }: PrintedJob, medium: Medium) {
  const request = pageRequestOf(options, medium, { paperKind: 'asked', copies: 1 })
  return { request, key: JSON.stringify([request, medium.dpi]) }
}

/** Whoever joins work that was begun beforehand, and waits for it, waits no longer than for its own. */
function resultOf<Result>(work: AwaitedWork<Result>, isBeforehand: boolean): Promise<Result> {
  if (!isBeforehand) work.want()
  return work.result
}

function createSheetDrawing({ db, documents, rendering }: PrintableOptions): PrintableDocuments['draw'] {
  const undrawn = new LRUCache<string, UnreadableError>({ max: UNDRAWN_MAX_ENTRIES, ttl: UNDRAWN_MS })
  return async (job, medium, sheet) => {
    const { isThermal } = medium
    const request = pageRequestOf(job.options, medium, {
      paperKind: isThermal ? 'asked' : 'loaded',
      copies: 1,
    })
    const dpi = isThermal ? medium.dpi : SCREEN_DPI
    const drawn = { ...request, dpi, sheet, isBlackAndWhite: isThermal }
    const key = JSON.stringify([job.documentId, drawn])
    const known = undrawn.get(key)
    if (known) throw known
    const { bytes } = await documents.read(db, job.documentId)
    return rendering.drawSheet({ ...drawn, bytes }).catch((error: unknown) => {
      if (error instanceof UnreadableError) undrawn.set(key, error)
      throw error
    })
  }
}
