import { newId } from '../ids.ts'
import { currentTraceparent } from '../trace-context.ts'
import type { PrintJobStatus } from './print-job.ts'

/** Every status that a job comes to has its event, and its creation has one in the place of `queued`. */
export type JobEventName = 'created' | Exclude<PrintJobStatus, 'queued'>

/** For `RECORDED_EVENT`. */
export interface JobEventBindings {
  readonly eventId: string
  /** Null: the job is queued again, of which no event tells. */
  readonly eventName: JobEventName | null
  readonly requestTrace: string | null
}

export function jobEvent(eventName: JobEventName | null): JobEventBindings {
  return { eventId: newId('evt'), eventName, requestTrace: currentTraceparent() }
}

/** As `JSON.stringify` writes a Date. */
function iso(column: string): string {
  return `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
}

/** A `PrintJob`, as `toPrintJob` and `JSON.stringify` make it. */
const JOB_JSON = `jsonb_build_object(
  'jobId', jobs.job_id, 'name', jobs.name, 'status', jobs.status, 'reason', jobs.reason, 'documentId', jobs.document_id,
  'mediaType', jobs.media_type, 'locationId', jobs.location_id,
  'station', jsonb_build_object(
    'stationId', jobs.station_id, 'name', jobs.station_name, 'displayName', jobs.station_display_name),
  'printer', jsonb_build_object('printerId', jobs.printer_id, 'name', jobs.printer_name, 'model', jobs.printer_model),
  'printTarget', jobs.print_target, 'resourceType', jobs.resource_type, 'resourceId', jobs.resource_id,
  'resourceDocument', jobs.resource_document,
  'options', jsonb_build_object(
    'copies', jobs.copies, 'colorPrint', jobs.color_print, 'doubleSided', jobs.double_sided,
    'orientation', jobs.orientation, 'paperSize', jobs.paper_size, 'printAllPages', jobs.print_all_pages,
    'pagesToPrint', jobs.pages_to_print, 'reverseOrder', jobs.reverse_order, 'scaling', jobs.scaling,
    'totalPages', jobs.total_pages),
  'userName', jobs.user_name, 'merchantId', jobs.merchant_id, 'instructionId', jobs.instruction_id,
  'confirmationId', jobs.confirmation_id::text, 'reprintOf', jobs.reprint_of, 'reprintReason', jobs.reprint_reason,
  'warnings', jobs.warnings, 'stateReasons', jobs.state_reasons,
  'claim', case when jobs.claim_expires_at is not null
    then jsonb_build_object('expiresAt', ${iso('jobs.claim_expires_at')}) end,
  'createdBy', jobs.created_by, 'updatedBy', jobs.updated_by, 'createdAt', ${iso('jobs.created_at')},
  'updatedAt', ${iso('jobs.updated_at')}, 'expiresAt', ${iso('jobs.expires_at')}, 'traceparent', jobs.traceparent)`

/**
 * Part of the statement that changes a job, so that there is no change without its event and no event without its change:
 * tells the job as it is then, from each row of `jobs` (`selectPrintJobs`). Answers the event's number, null without an
 * event. The bindings are those of `jobEvent`.
 */
export const RECORDED_EVENT = `case when :eventName::text is not null then record_event(
  :eventId::text, 'cloud_printing.job.' || :eventName::text, 'print_job', jobs.job_id, jobs.location_id, jobs.merchant_id,
  ${JOB_JSON}, coalesce(jobs.traceparent, :requestTrace::text)) end`
