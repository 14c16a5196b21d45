import { type Db, prepared, preparedOne, queryOne } from '../db/database.ts'
import { NotFoundError } from '../errors.ts'
import type { PrintTarget } from '../printers/print-target.ts'
import { currentTraceparent } from '../trace-context.ts'
import { type JobEventName, jobEvent, RECORDED_EVENT } from './job-event-store.ts'
import { STATUS_OF_KNOWN } from './known-job-store.ts'
import type { FrozenRouting } from './job-routing.ts'
import type { PrintJob, PrintJobStatus, PrintOptions } from './print-job.ts'

export interface PrintJobRow {
  job_id: string
  name: string
  status: PrintJobStatus
  reason: string | null
  document_id: string
  media_type: string
  /** Of the document, in points; null where its bytes are not there any more. */
  first_page_width_pt: number | null
  first_page_height_pt: number | null
  location_id: string
  station_id: string
  station_name: string
  station_display_name: string
  printer_id: string
  printer_name: string
  printer_model: string | null
  print_target: PrintTarget | null
  resource_type: string | null
  resource_id: string | null
  resource_document: string | null
  copies: number
  color_print: boolean
  double_sided: boolean
  orientation: PrintOptions['orientation']
  paper_size: string | null
  print_all_pages: boolean
  pages_to_print: string[] | null
  reverse_order: boolean
  scaling: number | null
  total_pages: number | null
  user_name: string
  merchant_id: string | null
  instruction_id: string | null
  confirmation_id: string | null
  reprint_of: string | null
  reprint_reason: string | null
  warnings: string[]
  state_reasons: string[]
  claim_expires_at: Date | null
  created_by: string
  updated_by: string
  created_at: Date
  updated_at: Date
  expires_at: Date
  traceparent: string | null
}

/** Every member decided, but for `expiresAt`: null is the default of 14 days. */
export interface PrintJobInsert extends PrintOptions {
  readonly jobId: string
  readonly name: string
  readonly documentId: string
  readonly locationId: string
  readonly printerId: string
  readonly printTarget: PrintTarget | null
  readonly resourceType: string | null
  readonly resourceId: string | null
  readonly resourceDocument: string | null
  readonly userName: string
  readonly merchantId: string | null
  readonly instructionId: number | null
  readonly confirmationId: string | null
  readonly reprintOf: string | null
  readonly reprintReason: string | null
  readonly warnings: readonly string[]
  readonly routing: FrozenRouting
  readonly createdBy: string
  readonly expiresAt: Date | null
  readonly isAnswered: boolean
}

/** Jobs with the names of where they print; `source` is `print_jobs`, or a query in its stead. Left joins: a count leaves them out. */
export function selectPrintJobs(source: string): string {
  return `
    select print_jobs.job_id, print_jobs.name, print_jobs.status, print_jobs.reason, print_jobs.document_id,
      documents.media_type,
      case when documents.removed_at is null then documents.first_page_width_pt end as first_page_width_pt,
      case when documents.removed_at is null then documents.first_page_height_pt end as first_page_height_pt,
      print_jobs.location_id, stations.station_id, stations.name as station_name,
      stations.display_name as station_display_name, printers.printer_id, printers.name as printer_name,
      printers.model as printer_model, print_jobs.print_target, print_jobs.resource_type, print_jobs.resource_id,
      print_jobs.resource_document, print_jobs.copies, print_jobs.color_print, print_jobs.double_sided,
      print_jobs.orientation, print_jobs.paper_size, print_jobs.print_all_pages, print_jobs.pages_to_print,
      print_jobs.reverse_order, print_jobs.scaling, print_jobs.total_pages, print_jobs.user_name,
      print_jobs.merchant_id, print_jobs.instruction_id, print_jobs.confirmation_id, print_jobs.reprint_of,
      print_jobs.reprint_reason, print_jobs.warnings,
      -- What stops a job half-way is a matter of its printer; a paused one holds its whole queue.
      case when print_jobs.status = 'processing' then printers.state_reasons
           when print_jobs.status = 'queued' and printers.is_paused
             then array_prepend('paused', array_remove(print_jobs.state_reasons, 'paused'))
           else print_jobs.state_reasons end as state_reasons,
      case print_jobs.status when 'processing' then print_jobs.claim_expires_at end as claim_expires_at,
      print_jobs.created_by, print_jobs.updated_by, print_jobs.created_at, print_jobs.updated_at, print_jobs.expires_at,
      print_jobs.traceparent,
      print_jobs.queue_position as list_position
    from ${source} as print_jobs
    left join documents on documents.document_id = print_jobs.document_id
    left join printers on printers.printer_id = print_jobs.printer_id
    left join stations on stations.station_id = print_jobs.station_id`
}

async function findPrintJob(db: Db, jobId: string): Promise<PrintJob | undefined> {
  const row = await preparedOne<PrintJobRow>(
    db,
    `${selectPrintJobs('print_jobs')} where print_jobs.job_id = :jobId::text`,
    { jobId },
  )
  return row && toPrintJob(row)
}

/** Throws NotFoundError. */
export async function getPrintJob(db: Db, jobId: string): Promise<PrintJob> {
  const job = await findPrintJob(db, jobId)
  if (!job) throw new NotFoundError('print_job', jobId)
  return job
}

/** The same, with the event that tells it as it is now. */
export async function tellPrintJob(trx: Db, jobId: string, eventName: JobEventName): Promise<PrintJob> {
  const row = await preparedOne<PrintJobRow>(
    trx,
    `select jobs.*, ${RECORDED_EVENT} as event_sequence
     from (${selectPrintJobs('print_jobs')} where print_jobs.job_id = :jobId::text) as jobs`,
    { jobId, ...jobEvent(eventName) },
  )
  if (!row) throw new NotFoundError('print_job', jobId)
  return toPrintJob(row)
}

/**
 * With the event that tells it. Undefined when the printer has been removed since it was chosen; NotFoundError when the
 * document's bytes have been. Both rows are locked until the job is committed: whoever removes a printer cancels the jobs
 * of its queue and must see this one, and a document that a job waits for is kept. The time of creation is that of this
 * statement, not of the transaction's start: lists in its order must not gain a row far behind their end.
 */
export async function insertPrintJob(db: Db, job: PrintJobInsert): Promise<PrintJob | undefined> {
  const row = await preparedOne<PrintJobRow>(
    db,
    `with inserted as (
       insert into print_jobs
         (job_id, name, document_id, location_id, station_id, printer_id, print_target, resource_type, resource_id,
          resource_document, copies, color_print, double_sided, orientation, paper_size, print_all_pages,
          pages_to_print, reverse_order, scaling, total_pages, user_name, merchant_id, instruction_id,
          confirmation_id, reprint_of, reprint_reason, warnings, routing, created_by, updated_by, created_at,
          updated_at, expires_at, is_answered, traceparent)
       select :jobId::text, :name::text, :documentId::text, :locationId::text, printers.station_id,
         printers.printer_id,
         :printTarget::text, :resourceType::text, :resourceId::text, :resourceDocument::text, :copies::integer,
         :colorPrint::boolean, :doubleSided::boolean, :orientation::text, :paperSize::text,
         :printAllPages::boolean, :pagesToPrint::text[], :reverseOrder::boolean, :scaling::float8,
         :totalPages::integer, :userName::text, :merchantId::text, :instructionId::bigint,
         :confirmationId::bigint, :reprintOf::text, :reprintReason::text, :warnings::text[], :routing::jsonb,
         :createdBy::text, :createdBy::text, clock.now, clock.now,
         coalesce(:expiresAt::timestamptz, clock.now + interval '14 days'), :isAnswered::boolean,
         :traceparent::text
       from printers cross join documents cross join (select clock_timestamp() as now) as clock
       where printers.printer_id = :printerId::uuid and printers.deleted_at is null
         and documents.document_id = :documentId::text and documents.removed_at is null
       for share of printers for key share of documents
       returning print_jobs.*
     )
     select jobs.*, ${RECORDED_EVENT} as event_sequence from (${selectPrintJobs('inserted')}) as jobs`,
    {
      ...job,
      ...jobEvent('created'),
      routing: JSON.stringify(job.routing),
      traceparent: currentTraceparent(),
    },
  )
  if (row) return toPrintJob(row)
  await assertDocumentKept(db, job.documentId)
  return undefined
}

async function assertDocumentKept(db: Db, documentId: string): Promise<void> {
  const row = await queryOne(
    db,
    `select document_id from documents where document_id = :documentId and removed_at is null`,
    { documentId },
  )
  if (!row) throw new NotFoundError('document', documentId)
}

/** The newest job of each confirmation. By way of the instruction, whose index holds reprints too. */
export async function listJobsOfConfirmations(
  db: Db,
  confirmationIds: readonly string[],
): Promise<PrintJob[]> {
  const newest = `(
    select distinct on (print_jobs.confirmation_id) print_jobs.*
    from confirmations
    join print_jobs on print_jobs.instruction_id = confirmations.instruction_id
      and print_jobs.confirmation_id = confirmations.confirmation_id
    where confirmations.confirmation_id = any(:confirmationIds::bigint[])
    order by print_jobs.confirmation_id, print_jobs.queue_position desc)`
  const rows = await prepared<PrintJobRow>(db, selectPrintJobs(newest), { confirmationIds })
  return rows.map(toPrintJob)
}

/** Where the newest paper of the same package and target waits or prints; the package, or a confirmation of it. */
export async function findPacketPrinter(
  db: Db,
  job: {
    readonly packageId: string | null
    readonly confirmationId: string | null
    readonly printTarget: PrintTarget | null
  },
): Promise<string | null> {
  const row = await preparedOne<{ printer_id: string }>(
    db,
    `select print_jobs.printer_id
     from confirmations
     join print_jobs on print_jobs.instruction_id = confirmations.instruction_id
       and print_jobs.confirmation_id = confirmations.confirmation_id
     where confirmations.package_id = coalesce(:packageId::text, (
         select own.package_id from confirmations as own where own.confirmation_id = :confirmationId::bigint))
       and ${STATUS_OF_KNOWN} in ('queued', 'processing')
       and print_jobs.print_target is not distinct from :printTarget::text
     order by print_jobs.queue_position desc limit 1`,
    { ...job },
  )
  return row?.printer_id ?? null
}

/** Copies of completed jobs, for instructions that have any. */
export async function listCopiesPrinted(
  db: Db,
  instructionIds: readonly number[],
): Promise<{ readonly instructionId: number; readonly copies: number }[]> {
  const rows = await prepared<{ instruction_id: string; copies: string }>(
    db,
    `select instruction_id, sum(copies) as copies from print_jobs
     where instruction_id = any(:instructionIds::bigint[]) and ${STATUS_OF_KNOWN} = 'completed'
     group by instruction_id`,
    { instructionIds },
  )
  return rows.map((row) => ({ instructionId: Number(row.instruction_id), copies: Number(row.copies) }))
}

export function toPrintJob(row: PrintJobRow): PrintJob {
  return {
    jobId: row.job_id,
    name: row.name,
    status: row.status,
    reason: row.reason,
    documentId: row.document_id,
    mediaType: row.media_type,
    locationId: row.location_id,
    station: { stationId: row.station_id, name: row.station_name, displayName: row.station_display_name },
    printer: { printerId: row.printer_id, name: row.printer_name, model: row.printer_model },
    printTarget: row.print_target,
    resourceType: row.resource_type,
    resourceId: row.resource_id,
    resourceDocument: row.resource_document,
    options: toOptions(row),
    userName: row.user_name,
    merchantId: row.merchant_id,
    instructionId: row.instruction_id === null ? null : Number(row.instruction_id),
    confirmationId: row.confirmation_id,
    reprintOf: row.reprint_of,
    reprintReason: row.reprint_reason,
    warnings: row.warnings,
    stateReasons: row.state_reasons,
    claim: row.claim_expires_at && { expiresAt: row.claim_expires_at },
    createdBy: row.created_by,
    updatedBy: row.updated_by,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    expiresAt: row.expires_at,
    traceparent: row.traceparent,
  }
}

function toOptions(row: PrintJobRow): PrintOptions {
  return {
    copies: row.copies,
    colorPrint: row.color_print,
    doubleSided: row.double_sided,
    orientation: row.orientation,
    paperSize: row.paper_size,
    printAllPages: row.print_all_pages,
    pagesToPrint: row.pages_to_print,
    reverseOrder: row.reverse_order,
    scaling: row.scaling,
    totalPages: row.total_pages,
  }
}
