import { type Db, prepared, query, queryOne } from '../db/database.ts'
import type { ClosedAttempt } from './attempt.ts'
import { canStandInFor } from './printer-pool-store.ts'

/**
 * Serializes the claims of one station, so that two clients can't find the same printer free. Whoever adds or queues
 * something at the station isn't held up: the lock leaves its key alone.
 */
export async function lockStation(trx: Db, stationId: string): Promise<void> {
  await query(trx, `select from stations where station_id = :stationId::text for no key update`, {
    stationId,
  })
}

/**
 * The oldest queued job that a free printer of the station may take, and that printer: its own, or, where the station
 * pools, another one of its model.
 */
export async function findClaimable(
  trx: Db,
  { stationId, printerId }: { stationId: string; printerId: string | null },
): Promise<Claimable | undefined> {
  const row = await queryOne<{ job_id: string; printer_id: string; owner_id: string }>(
    trx,
    `select head.job_id, free.printer_id, own.printer_id as owner_id
     from printers as own
     join stations on stations.station_id = own.station_id
     join printers as free on free.station_id = own.station_id
       and (free.printer_id = own.printer_id or (stations.is_pooling_enabled and ${canStandInFor('free', 'own')}))
     cross join lateral (
       select job_id, queue_position from print_jobs
       where printer_id = own.printer_id and status = 'queued' and expires_at > clock_timestamp()
         and (own.printer_id = free.printer_id or not is_answered)
       order by queue_position limit 1
     ) as head
     where own.station_id = :stationId::text
       and own.connection ->> 'type' = 'station' and free.connection ->> 'type' = 'station'
       and free.deleted_at is null and not free.is_paused and free.status not in ('offline', 'error')
       and (:printerId::uuid is null or free.printer_id = :printerId::uuid)
       and not exists (
         select from print_jobs where print_jobs.printer_id = free.printer_id and print_jobs.status = 'processing')
       -- Of Packhouse itself, which drove the printer until a moment ago and may still send.
       and not exists (
         select from print_attempts
         where print_attempts.printer_id = free.printer_id and print_attempts.outcome is null and print_attempts.fence is not null)
     order by head.queue_position, free.printer_id = own.printer_id desc, free.position limit 1`,
    { stationId, printerId },
  )
  return row && { jobId: row.job_id, printerId: row.printer_id, ownerId: row.owner_id }
}

interface Claimable {
  readonly jobId: string
  readonly printerId: string
  /** In whose queue it was found: a job that somebody has moved since isn't claimed there. */
  readonly ownerId: string
}

export interface StationClaim {
  readonly jobId: string
  /** Null: in whichever queue it is. */
  readonly ownerId: string | null
  /** Where it prints from now on: another one of a pool, perhaps. Null: where it was queued. */
  readonly printerId: string | null
  readonly claimedBy: string
  readonly ttlSeconds: number
}

/** The lease begins and the ledger has a line: its id. Undefined when the job isn't queued any more. */
export async function beginClaim(trx: Db, claim: StationClaim): Promise<string | undefined> {
  const row = await queryOne<{ attempt_id: string }>(
    trx,
    `with job as (
       update print_jobs
       set status = 'processing', reason = null, state_reasons = '{}', claimed_by = :claimedBy, updated_by = :claimedBy,
           claim_ttl = :ttlSeconds::integer * interval '1 second',
           claim_expires_at = clock_timestamp() + :ttlSeconds::integer * interval '1 second',
           printer_id = coalesce(:printerId::uuid, printer_id),
           updated_at = greatest(clock_timestamp(), updated_at + interval '1 millisecond')
       where job_id = :jobId and status = 'queued'
         and (:ownerId::uuid is null or printer_id = :ownerId::uuid)
       returning job_id, document_id, printer_id
     )
     insert into print_attempts (job_id, attempt, printer_id, started_at, bytes_offered, detail)
     select job.job_id, coalesce((select max(attempt) from print_attempts where job_id = :jobId), 0) + 1, job.printer_id,
            clock_timestamp(), documents.size_bytes, 'fetched by ' || :claimedBy::text
     from job join documents using (document_id)
     returning attempt_id`,
    { ...claim },
  )
  return row?.attempt_id
}

/** As long again as it was given. Nothing else of the job changes. */
export async function renewClaim(trx: Db, jobId: string): Promise<void> {
  await query(
    trx,
    `update print_jobs set claim_expires_at = clock_timestamp() + claim_ttl
     where job_id = :jobId and status = 'processing' and claim_ttl is not null`,
    { jobId },
  )
}

/** `attemptId`: the ledger's line of that very claim; null: whichever the caller has. */
export interface UnansweredClaim {
  readonly jobId: string
  readonly claimedBy: string
  readonly attemptId: string | null
}

/**
 * Ends a claim of which nothing left the server: the job is queued at its old place. Its printer; undefined when the job
 * isn't that caller's any more.
 */
export async function returnClaim(trx: Db, claim: UnansweredClaim): Promise<string | undefined> {
  const row = await queryOne<{ printer_id: string }>(
    trx,
    `with attempt as (
       update print_attempts
       set ended_at = clock_timestamp(), outcome = 'not_sent', detail = :claimedBy::text || ' never got the job'
       from print_jobs as held
       where print_attempts.job_id = :jobId and outcome is null and fence is null
         and (:attemptId::bigint is null or attempt_id = :attemptId::bigint)
         and held.job_id = print_attempts.job_id and held.status = 'processing' and held.claimed_by = :claimedBy
       returning print_attempts.job_id
     )
     update print_jobs
     set status = 'queued', claimed_by = null, claim_ttl = null, claim_expires_at = null,
         updated_at = greatest(clock_timestamp(), updated_at + interval '1 millisecond')
     from attempt where print_jobs.job_id = attempt.job_id
     returning print_jobs.printer_id`,
    { ...claim },
  )
  return row?.printer_id
}

/** Ends the line that is open, if there is one. */
export async function endClaimAttempt(
  trx: Db,
  jobId: string,
  end: { readonly outcome: 'confirmed' | 'not_sent' | 'unknown'; readonly detail: string },
): Promise<boolean> {
  const row = await queryOne(
    trx,
    `update print_attempts
     set ended_at = clock_timestamp(), outcome = :outcome, detail = :detail,
         bytes_written = case when :outcome = 'confirmed' then bytes_offered else 0 end
     where job_id = :jobId and outcome is null and fence is null
     returning attempt_id`,
    { ...end, jobId },
  )
  return row !== undefined
}

/** A retrying client must not fill the ledger. */
const LINES_PER_JOB_MAX = 100

/** What was told of a job outside any lease: a line that begins and ends at once. False when the job has too many. */
export async function insertReport(
  trx: Db,
  report: {
    readonly jobId: string
    readonly outcome: 'confirmed' | 'not_sent'
    readonly detail: string
  },
): Promise<boolean> {
  const row = await queryOne(
    trx,
    `insert into print_attempts (job_id, attempt, printer_id, started_at, ended_at, outcome, detail)
     select job_id, lines.number + 1, printer_id, clock.now, clock.now, :outcome, :detail
     from print_jobs cross join (select clock_timestamp() as now) as clock
       cross join (select coalesce(max(attempt), 0) as number from print_attempts where job_id = :jobId) as lines
     where job_id = :jobId and lines.number < :linesMax
     returning attempt_id`,
    { ...report, linesMax: LINES_PER_JOB_MAX },
  )
  return row !== undefined
}

interface LapsedClaim extends ClosedAttempt {
  readonly claimedBy: string
  readonly since: Date
}

/**
 * Ends the ledger's lines of claims whose client fell silent, and locks their jobs; those that somebody is reporting on
 * are left to the next time.
 */
export async function endLapsedClaims(trx: Db, limit: number): Promise<readonly LapsedClaim[]> {
  const rows = await prepared<{
    job_id: string
    claimed_by: string
    traceparent: string | null
    printer_id: string
    started_at: Date
  }>(
    trx,
    `with lapsed as (
       select job_id, claimed_by, traceparent from print_jobs
       where status = 'processing' and claim_expires_at <= (select clock_timestamp())
       order by claim_expires_at limit :limit for update skip locked
     )
     update print_attempts
     set ended_at = clock_timestamp(), outcome = 'unknown', detail = lapsed.claimed_by || ' fell silent; it may have printed'
     from lapsed
     where print_attempts.job_id = lapsed.job_id and print_attempts.outcome is null and print_attempts.fence is null
     returning lapsed.job_id, lapsed.claimed_by, lapsed.traceparent, print_attempts.printer_id, print_attempts.started_at`,
    { limit },
  )
  return rows.map((row) => ({
    jobId: row.job_id,
    printerId: row.printer_id,
    outcome: 'unknown',
    traceparent: row.traceparent,
    claimedBy: row.claimed_by,
    since: row.started_at,
  }))
}
