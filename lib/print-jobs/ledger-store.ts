import { type Db, prepared, preparedOne, queryOne } from '../db/database.ts'
import type { DeliveryOutcome } from '../delivery/driver.ts'
import type { Lease } from './lease-store.ts'
import { jobEvent, RECORDED_EVENT } from './job-event-store.ts'
import { PRINTER_OF_KNOWN, STATUS_OF_KNOWN } from './known-job-store.ts'
import type { PrintJob } from './print-job.ts'
import { selectPrintJobs } from './print-job-store.ts'
import type { PrinterCommand } from './printer-command-store.ts'
import { canStandInFor } from './printer-pool-store.ts'
import type { PageSize } from '../rendering/rendering.ts'

/** A job that is about to be delivered, and the ledger's line for it. */
export interface Claim {
  readonly jobId: string
  readonly attemptId: string
  /** Of the lease that it was made under: an outcome is written under no other. */
  readonly fence: string
  /** Earlier attempts that ended in `not_sent`: what the back-off grows with. */
  readonly tries: number
  /** Its caller waits for the outcome: it is neither tried again nor held (contracts/thermal.md, section 3). */
  readonly isAnswered: boolean
}

/** A claim with what is needed to deliver it, as it was when it was claimed. */
export interface ClaimedJob {
  readonly claim: Claim
  readonly job: PrintJob
  /** Another one with each change of the printer. */
  readonly printerVersion: string
  /** Of its document; null where its bytes are not there. */
  readonly firstPage: PageSize | null
  /** Of a raw document that is small; null for any other, and where they were not read with the claim. */
  readonly rawBytes: Buffer | null
}

export type RefusedJob = Pick<Claim, 'jobId' | 'tries'>

/** The head of a printer's queue: what may be claimed, or when. */
export type Head =
  /** `contested`: nothing could be claimed as it was chosen again and again. The lease has to be taken anew. */
  | { readonly state: 'empty' | 'held' | 'contested' }
  | { readonly state: 'waiting'; readonly retryInMs: number }
  /** Its printer has refused it before: ask how that is before anything is made ready. */
  | { readonly state: 'refused before'; readonly refused: RefusedJob }
  | ({ readonly state: 'claimed' } & ClaimedJob)
  | { readonly state: 'command'; readonly command: PrinterCommand }

export interface Mark {
  readonly claim: Claim
  readonly bytesOffered: number
  /** The printer's own number of the job, where it has one by now. */
  readonly deviceJobId: number | null
}

/**
 * The last word before the first byte: the job is `processing` now, with its event, when this process still holds the
 * lease, the attempt has no outcome and the job was still queued (nobody canceled it). Answers for how many ms more the lease
 * was held then; null: nothing was changed. The attempt is locked first, so that whoever takes the lease over either has ended
 * it, or sees the mark.
 */
export async function markSending(
  db: Db,
  lease: Lease,
  { claim, bytesOffered, deviceJobId }: Mark,
): Promise<number | null> {
  const row = await preparedOne<{ held_ms: number }>(
    db,
    `with attempt as (
       select attempt_id, job_id from print_attempts where attempt_id = :attemptId and outcome is null for update
     ), job as (
       update print_jobs set status = 'processing', state_reasons = '{}', updated_at = clock_timestamp()
       from attempt, printer_leases
       where print_jobs.job_id = attempt.job_id and print_jobs.job_id = :jobId and ${STATUS_OF_KNOWN} = 'queued'
         and printer_leases.printer_id = :printerId and printer_leases.fence = :fence
         and printer_leases.expires_at > clock_timestamp()
       returning print_jobs.*
     ), marked as (
       update print_attempts set sending_at = clock_timestamp(), bytes_offered = :bytesOffered, device_job_id = :deviceJobId
       from job where print_attempts.attempt_id = :attemptId and print_attempts.job_id = job.job_id
     )
     select ${RECORDED_EVENT} as event_sequence,
       (select extract(epoch from expires_at - clock_timestamp()) * 1000 from printer_leases where printer_id = :printerId)::float8 as held_ms
     from (${selectPrintJobs('job')}) as jobs`,
    { ...lease, ...claim, ...jobEvent('processing'), bytesOffered, deviceJobId },
  )
  return row?.held_ms ?? null
}

/** The device has the whole document. Nothing when somebody took the lease over. */
export async function markAccepted(db: Db, { attemptId, fence }: Claim): Promise<void> {
  await prepared(
    db,
    `update print_attempts set bytes_written = bytes_offered
     where attempt_id = :attemptId and fence = :fence and outcome is null`,
    { attemptId, fence },
  )
}

export interface AttemptEnd {
  readonly outcome: DeliveryOutcome
  readonly bytesOffered: number
  readonly bytesWritten: number
  readonly detail: string
}

export interface JobState {
  readonly status: 'queued' | 'completed' | 'failed' | 'canceled'
  readonly reason: string | null
  readonly stateReasons: readonly string[]
  readonly retryInMs: number | null
}

const SET_JOB_STATE = `
  status = :status::text, reason = :reason::text, state_reasons = :stateReasons::text[], updated_at = clock_timestamp(),
  retry_at = clock_timestamp() + :retryInMs::float8 * interval '1 millisecond',
  tries = case when :status::text = 'queued' and :retryInMs::float8 is not null then tries + 1 else tries end`

/** How an attempt ended, and what follows for its job. */
export interface Ending {
  readonly end: AttemptEnd
  readonly state: JobState
}

/**
 * Ends the attempt, and brings the job back to the queue, at its old place, or to its end, with the event that tells it.
 * `told` has no row when it had ended already, or when somebody took the lease over, whether the attempt has an outcome
 * or not: this process may not judge then, and nothing is changed.
 */
export const ENDED = `
  ended as (
    update print_attempts
    set ended_at = clock_timestamp(), outcome = :outcome, detail = :detail,
        bytes_offered = :bytesOffered, bytes_written = :bytesWritten
    where attempt_id = :attemptId and fence = :endedFence and outcome is null
    returning job_id
  ), job as (
    update print_jobs set ${SET_JOB_STATE}
    from ended where print_jobs.job_id = ended.job_id and ${STATUS_OF_KNOWN} in ('queued', 'processing')
    returning print_jobs.*
  ), told as (
    select ${RECORDED_EVENT} as event_sequence from (${selectPrintJobs('job')}) as jobs
  )`

export function endedBindings({ attemptId, fence }: Claim, { end, state }: Ending) {
  const event = jobEvent(state.status === 'queued' ? null : state.status)
  return { ...end, ...state, ...event, attemptId, endedFence: fence }
}

/** See `ENDED`. A line can be closed of a job that has ended already: one that was canceled on its way. */
export async function endAttempt(
  db: Db,
  claim: Claim,
  ending: Ending,
): Promise<{ readonly isClosed: boolean; readonly isJobChanged: boolean }> {
  const row = await preparedOne<{ is_closed: boolean; is_job_changed: boolean }>(
    db,
    // The number of the event is asked for, so that it is written.
    `with ${ENDED}
     select count(*) > 0 as is_job_changed, exists (select from ended) as is_closed, max(event_sequence) from told`,
    endedBindings(claim, ending),
  )
  return { isClosed: row?.is_closed === true, isJobChanged: row?.is_job_changed === true }
}

/** What the ledger has of an attempt, whoever wrote it. */
export async function findAttemptEnd(
  db: Db,
  attemptId: string,
): Promise<
  | {
      readonly printerId: string
      readonly fence: string | null
      readonly outcome: DeliveryOutcome | null
      readonly detail: string | null
      /** Of the job. */
      readonly traceparent: string | null
    }
  | undefined
> {
  const row = await queryOne<{
    printer_id: string
    fence: string | null
    outcome: DeliveryOutcome | null
    detail: string | null
    traceparent: string | null
  }>(
    db,
    `select print_attempts.printer_id, print_attempts.fence, print_attempts.outcome, print_attempts.detail,
            print_jobs.traceparent
     from print_attempts join print_jobs using (job_id) where print_attempts.attempt_id = :attemptId`,
    { attemptId },
  )
  if (!row) return undefined
  const { printer_id: printerId, ...end } = row
  return { printerId, ...end }
}

/** How many attempts of its job before this one ended so; an earlier try to write this one's end is none. */
export async function countEarlierAttempts(
  trx: Db,
  { jobId, attemptId }: Claim,
  detail: string,
): Promise<number> {
  const row = await queryOne<{ count: number }>(
    trx,
    `select count(*)::integer as count from print_attempts
     where job_id = :jobId and attempt_id <> :attemptId and outcome = 'not_sent' and detail = :detail`,
    { jobId, attemptId, detail },
  )
  return row?.count ?? 0
}

/** Of a job whose attempt has ended elsewhere. False for a job that has ended already. */
export async function updateJobState(trx: Db, jobId: string, state: JobState): Promise<boolean> {
  const row = await queryOne(
    trx,
    `update print_jobs set ${SET_JOB_STATE}
     where job_id = :jobId and ${STATUS_OF_KNOWN} in ('queued', 'processing') returning job_id`,
    { ...state, jobId },
  )
  return row !== undefined
}

/**
 * As `updateJobState`, for a job that its printer wasn't even offered: no line of the ledger is written. False when the
 * lease is lost, or somebody canceled, moved or sends the job.
 */
export async function holdJob(
  trx: Db,
  lease: Lease,
  hold: { readonly jobId: string; readonly stateReasons: readonly string[]; readonly retryInMs: number },
): Promise<boolean> {
  const row = await queryOne(
    trx,
    `update print_jobs
     set state_reasons = :stateReasons, tries = tries + 1,
         updated_at = case when state_reasons = :stateReasons then updated_at else clock_timestamp() end,
         retry_at = clock_timestamp() + :retryInMs::float8 * interval '1 millisecond'
     from printer_leases
     where print_jobs.job_id = :jobId and ${PRINTER_OF_KNOWN} = :printerId::uuid::text and ${STATUS_OF_KNOWN} = 'queued'
       and printer_leases.printer_id = :printerId and printer_leases.fence = :fence
       and printer_leases.expires_at > clock_timestamp()
       and not exists (select from print_attempts
                       where print_attempts.job_id = print_jobs.job_id and print_attempts.outcome is null)
     returning print_jobs.job_id`,
    { ...lease, ...hold },
  )
  return row !== undefined
}

/**
 * Printers driven by Packhouse with something to do: a queued job or command of their own, or a job of one whose queue they may
 * share; and whatever drives it by now, one at which somebody left an attempt or a command open.
 */
export async function listPrintersWithWork(db: Db, limit: number): Promise<string[]> {
  const rows = await prepared<{ printer_id: string }>(
    db,
    `select printers.printer_id from printers
     where exists (select from print_attempts where print_attempts.printer_id = printers.printer_id
                   and outcome is null and fence is not null)
       or exists (select from printer_commands where printer_commands.printer_id = printers.printer_id
                  and status = 'processing')
       or printers.connection ->> 'type' <> 'station'
       and (exists (select from print_jobs where print_jobs.printer_id = printers.printer_id and status = 'queued')
         or exists (select from printer_commands where printer_commands.printer_id = printers.printer_id
                    and status = 'queued')
         or (printers.deleted_at is null and exists (
           select from printers as own
           join stations on stations.station_id = own.station_id and stations.is_pooling_enabled
           where own.station_id = printers.station_id and ${canStandInFor('printers', 'own')}
             and exists (select from print_jobs where print_jobs.printer_id = own.printer_id and status = 'queued'))))
     limit :limit`,
    { limit },
  )
  return rows.map((row) => row.printer_id)
}

/** Cancels queued jobs whose time is over; rows that somebody is working on are left to the next time. */
export async function cancelExpiredJobs(trx: Db, limit: number): Promise<string[]> {
  const rows = await prepared<{ job_id: string }>(
    trx,
    `update print_jobs
     set status = 'canceled', updated_at = clock_timestamp(), state_reasons = '{}',
         reason = 'job-expired: not printed before ' || to_char(expires_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
     where job_id in (
       select job_id from print_jobs where status = 'queued' and expires_at <= (select clock_timestamp())
       order by expires_at limit :limit for update skip locked
     )
     returning job_id`,
    { limit },
  )
  return rows.map((row) => row.job_id)
}
