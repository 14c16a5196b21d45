import { type Db, preparedOne, queryOne } from '../db/database.ts'
import type { Lease } from './lease-store.ts'
import type { Claim, Head } from './ledger-store.ts'
import { findQueuedCommand, type PrinterCommand } from './printer-command-store.ts'
import { canStandInFor } from './printer-pool-store.ts'

interface HeadRow {
  job_id: string
  tries: number
  is_answered: boolean
  /** Whose queue it stands in: this printer's, or that of another one of its model. */
  owner_id: string
  is_paused: boolean
  /** Null for a job that waits for another printer. */
  retry_in_ms: number | null
  queue_position: string
}

/** Each round finds that another printer of the model took the job it had chosen. */
const ROUNDS_MAX = 20

/**
 * Claims the oldest queued job of the printer, in the transaction of the caller, under a lease that is still valid; or
 * names the command that stands before it, which is claimed when it is sent.
 * Where the station pools, printers of one model share their queues, and the job becomes this printer's. The job stays
 * `queued` until the printer is reached; the attempt is on the ledger from now on. `isProbed`: the printer was asked how it
 * is, so a job that it refused before is offered to it again.
 */
export async function claimHead(trx: Db, lease: Lease, isProbed: boolean): Promise<Head> {
  const command = await findQueuedCommand(trx, lease)
  for (let round = 1; round <= ROUNDS_MAX; round += 1) {
    const head = await findHead(trx, lease.printerId)
    if (command && isBefore(command, head)) return { state: 'command', command }
    if (!head) return { state: 'empty' }
    const hindrance = hindranceOf(head, lease.printerId, isProbed)
    if (hindrance) return hindrance
    if (!(await lockQueued(trx, head))) continue
    const claim = await beginAttempt(trx, lease, head)
    return claim ? { state: 'claimed', claim } : { state: 'held' }
  }
  return { state: 'held' }
}

function hindranceOf(head: HeadRow, printerId: string, isProbed: boolean): Head | undefined {
  if (head.is_paused) return { state: 'held' }
  if (isWaiting(head)) return { state: 'waiting', retryInMs: head.retry_in_ms }
  if (isProbed || !wasRefused(head, printerId)) return undefined
  return { state: 'refused before', refused: { jobId: head.job_id, tries: head.tries } }
}

/** The next job for this printer, or one that must not wait behind it. */
async function findHead(trx: Db, printerId: string): Promise<HeadRow | undefined> {
  const first = await findFirst(trx, printerId)
  return isWaiting(first) ? ((await findAnswered(trx, printerId)) ?? first) : first
}

/**
 * The next job for this printer. One that waits to be tried again at another printer is left to that, unless that one
 * is out of order; so is one that another printer is about to send. A printer that is out of order itself takes none
 * of the others.
 */
async function findFirst(trx: Db, printerId: string): Promise<HeadRow | undefined> {
  return preparedOne<HeadRow>(
    trx,
    `select head.job_id, head.tries, head.is_answered, head.queue_position, own.printer_id as owner_id, free.is_paused,
            case when own.printer_id = free.printer_id
              then greatest(0, extract(epoch from head.retry_at - clock_timestamp()) * 1000) end::float8 as retry_in_ms
     from printers as free
     join stations on stations.station_id = free.station_id
     join printers as own on own.station_id = free.station_id
       and (own.printer_id = free.printer_id
         or (stations.is_pooling_enabled and free.deleted_at is null and not free.is_paused
           and free.status not in ('offline', 'error') and ${canStandInFor('free', 'own')}))
     cross join lateral (
       select job_id, tries, is_answered, retry_at, queue_position from print_jobs
       where print_jobs.printer_id = own.printer_id and print_jobs.status = 'queued'
         and (own.printer_id = free.printer_id
           or (not is_answered and (coalesce(retry_at <= clock_timestamp(), true) or own.is_paused or own.status in ('offline', 'error'))
             and not exists (select from print_attempts
                             where print_attempts.job_id = print_jobs.job_id and print_attempts.outcome is null)))
       order by queue_position limit 1
     ) as head
     where free.printer_id = :printerId::uuid
     order by head.queue_position limit 1`,
    { printerId },
  )
}

/** Nobody's command waits behind a job that waits for the printer. */
function isBefore(command: PrinterCommand, head: HeadRow | undefined): boolean {
  return head === undefined || isWaiting(head) || command.queuePosition < BigInt(head.queue_position)
}

function isWaiting(head: HeadRow | undefined): head is HeadRow & { readonly retry_in_ms: number } {
  return head !== undefined && head.retry_in_ms !== null && head.retry_in_ms > 0
}

/** By this printer: what another one refused may well suit this one. Whoever waits for an answer gets a line of the ledger. */
function wasRefused(head: HeadRow, printerId: string): boolean {
  return head.tries > 0 && head.owner_id === printerId && !head.is_answered
}

/**
 * Whoever waits for an answer is told what is the matter with the printer, and not held by the jobs that it holds
 * (contracts/thermal.md, section 3, "answered, not held").
 */
async function findAnswered(trx: Db, printerId: string): Promise<HeadRow | undefined> {
  return preparedOne<HeadRow>(
    trx,
    `select job_id, tries, is_answered, queue_position, print_jobs.printer_id as owner_id, printers.is_paused, 0::float8 as retry_in_ms
     from print_jobs join printers on printers.printer_id = print_jobs.printer_id
     where print_jobs.printer_id = :printerId::uuid and print_jobs.status = 'queued' and print_jobs.is_answered
       and coalesce(print_jobs.retry_at <= clock_timestamp(), true)
     order by print_jobs.queue_position limit 1`,
    { printerId },
  )
}

/** Of several printers that chose the job one has it from here on; the others see what that one did. */
async function lockQueued(trx: Db, { job_id: jobId, owner_id: ownerId }: HeadRow): Promise<boolean> {
  const row = await preparedOne(
    trx,
    `select job_id from print_jobs where job_id = :jobId and printer_id = :ownerId::uuid and status = 'queued'
     for update`,
    { jobId, ownerId },
  )
  return row !== undefined
}

/**
 * Undefined when the lease is lost, or another printer is about to send the job: this statement began after the job was
 * locked, so it sees every attempt that was begun under that lock before.
 */
async function beginAttempt(trx: Db, lease: Lease, head: HeadRow): Promise<Claim | undefined> {
  const { job_id: jobId, tries, is_answered: isAnswered } = head
  const attempt = await preparedOne<{ attempt_id: string }>(
    trx,
    `insert into print_attempts (job_id, attempt, printer_id, process_number, fence, started_at)
     select :jobId, coalesce((select max(attempt) from print_attempts where job_id = :jobId), 0) + 1,
            :printerId, :processNumber, :fence, clock_timestamp()
     from printer_leases
     where printer_id = :printerId and fence = :fence and expires_at > clock_timestamp()
       and not exists (select from print_attempts where job_id = :jobId and outcome is null)
     returning attempt_id`,
    { ...lease, jobId },
  )
  if (!attempt) return undefined
  if (head.owner_id !== lease.printerId) await moveJob(trx, jobId, lease.printerId)
  return { jobId, attemptId: attempt.attempt_id, fence: lease.fence, tries, isAnswered }
}

async function moveJob(trx: Db, jobId: string, printerId: string): Promise<void> {
  await queryOne(
    trx,
    `update print_jobs
     set printer_id = :printerId::uuid, retry_at = null,
         updated_at = greatest(clock_timestamp(), updated_at + interval '1 millisecond')
     where job_id = :jobId`,
    { jobId, printerId },
  )
}
