import { type Db, preparedOne, queryOne } from '../db/database.ts'
import { ESCPOS_TYPE, ZPL_TYPE } from '../documents/raw-document.ts'
import { IS_IN_QUEUE, PRINTER_OF_KNOWN, STATUS_OF_KNOWN } from './known-job-store.ts'
import type { Lease } from './lease-store.ts'
import { type Claim, type ClaimedJob, ENDED, type Ending, endedBindings, type Head } from './ledger-store.ts'
import { getPrintJob, type PrintJobRow, selectPrintJobs, toPrintJob } from './print-job-store.ts'
import { findQueuedCommand, type PrinterCommand } from './printer-command-store.ts'
import { canStandInFor } from './printer-pool-store.ts'

/** The first that waits for a printer, and how that printer is. */
interface FirstRow {
  job_id: string | null
  has_command: boolean
  /** Of the printer's row: another one with each change. */
  printer_version: string
}

/** What keeps a job from being claimed: `refused` by this printer, which is to be asked how it is first. */
type Hindrance = 'paused' | 'waiting' | 'refused'

interface HeadRow extends FirstRow {
  job_id: string
  tries: number
  is_answered: boolean
  /** Whose queue it stands in: this printer's, or that of another one of its model. */
  owner_id: string
  /** Null for a job that waits for another printer. */
  retry_in_ms: number | null
  queue_position: string
  hindrance: Hindrance | null
}

type BegunRow = PrintJobRow & { readonly attempt_id: string; readonly raw_bytes?: Buffer | null }

/**
 * Each round finds that another printer of the model took the job it had chosen, that the lease is lost, or that the job has an
 * attempt already: of this lease, where the answer to the claim was lost.
 */
const ROUNDS_MAX = 20

/**
 * Claims the oldest queued job of the printer, in the transaction of the caller, under a lease that is still valid; or
 * names the command that stands before it, which is claimed when it is sent.
 * Where the station pools, printers of one model share their queues, and the job becomes this printer's. The job stays
 * `queued` until the printer is reached; the attempt is on the ledger from now on. `isProbed`: the printer was asked how it
 * is, so a job that it refused before is offered to it again.
 */
export async function claimHead(trx: Db, lease: Lease, isProbed: boolean): Promise<Head> {
  for (let round = 1; round <= ROUNDS_MAX; round += 1) {
    const settled = await claimFirst(trx, lease, isProbed)
    if (!('first' in settled)) return settled
    const { first } = settled
    const head = isJob(first) ? await orAnswered(trx, lease.printerId, first) : undefined
    const command = first.has_command ? await findQueuedCommand(trx, lease) : undefined
    if (command && isBefore(command, head)) return { state: 'command', command }
    if (!head) return { state: 'empty' }
    const hindrance = hindranceOf(head)
    if (hindrance) return hindrance
    const claimed = await beginAttempt(trx, lease, head)
    if (claimed) return { state: 'claimed', ...claimed }
  }
  return { state: 'contested' }
}

/**
 * The same in one statement, which needs no transaction, where nothing stands in the way of the printer's own first job;
 * else `first`, for `claimHead` to judge.
 */
export async function claimFirst(
  db: Db,
  lease: Lease,
  isProbed: boolean,
): Promise<Head | { readonly first: FirstRow | HeadRow }> {
  return judged(lease, await preparedOne<ClaimRow>(db, CLAIM_FIRST, { ...lease, isProbed }))
}

/** `endAttempt` and `claimFirst` in one statement. */
export async function endAndClaimFirst(
  db: Db,
  lease: Lease,
  ended: { readonly claim: Claim; readonly ending: Ending },
): Promise<{ readonly isClosed: boolean; readonly head: Head | { readonly first: FirstRow | HeadRow } }> {
  const bindings = { ...endedBindings(ended.claim, ended.ending), ...lease, isProbed: false }
  const row = await preparedOne<ClaimRow & { is_closed: boolean }>(db, END_AND_CLAIM, bindings)
  return { isClosed: row?.is_closed === true, head: judged(lease, row) }
}

type ClaimRow = FirstRow & { readonly attempt_id: string | null }

function judged(lease: Lease, row: ClaimRow | undefined): Head | { readonly first: FirstRow | HeadRow } {
  if (!row || (!isJob(row) && !row.has_command)) return { state: 'empty' }
  return isBegun(row) ? { state: 'claimed', ...toClaimedJob(lease, row, row) } : { first: row }
}

function isBegun(row: FirstRow & { attempt_id: string | null }): row is HeadRow & BegunRow {
  return row.attempt_id !== null
}

function hindranceOf(head: HeadRow): Head | undefined {
  switch (head.hindrance) {
    case null:
      return undefined
    case 'paused':
      return { state: 'held' }
    case 'waiting':
      return { state: 'waiting', retryInMs: head.retry_in_ms ?? 0 }
    case 'refused':
      return { state: 'refused before', refused: { jobId: head.job_id, tries: head.tries } }
  }
}

function isJob(first: FirstRow): first is HeadRow {
  return first.job_id !== null
}

/** The next job for this printer, or one that must not wait behind it. */
async function orAnswered(trx: Db, printerId: string, first: HeadRow): Promise<HeadRow> {
  return first.hindrance === 'waiting' ? ((await findAnswered(trx, printerId)) ?? first) : first
}

/**
 * The next job for this printer, if there is one. One that waits to be tried again at another printer is left to that,
 * unless that one is out of order; so is one that another printer is about to send. A printer that is out of order itself
 * takes none of the others. No row for one whose jobs a station client fetches by now.
 */
const FIRST = `
  select head.job_id, head.tries, head.is_answered, head.queue_position, head.owner_id, head.retry_in_ms,
    case when head.job_id is null then null
         when free.is_paused then 'paused'
         when head.retry_in_ms > 0 then 'waiting'
         -- What another one refused may well suit this one. Whoever waits for an answer gets a line of the ledger.
         when head.tries > 0 and head.owner_id = free.printer_id and not head.is_answered and not :isProbed::boolean
           then 'refused' end as hindrance,
    free.xmin::text as printer_version,
    exists (select from printer_commands
            where printer_commands.printer_id = free.printer_id and printer_commands.status = 'queued') as has_command
  from printers as free
  left join lateral (
    select job.job_id, job.tries, job.is_answered, job.queue_position, own.printer_id as owner_id,
      case when own.printer_id = free.printer_id
        then greatest(0, extract(epoch from job.retry_at - clock_timestamp()) * 1000) end::float8 as retry_in_ms
    from stations
    join printers as own on own.station_id = stations.station_id
      and (own.printer_id = free.printer_id
        or (stations.is_pooling_enabled and free.deleted_at is null and not free.is_paused
          and free.status not in ('offline', 'error') and ${canStandInFor('free', 'own')}))
    cross join lateral (
      select job_id, tries, is_answered, retry_at, queue_position from print_jobs
      where print_jobs.printer_id = own.printer_id and ${IS_IN_QUEUE}
        and (own.printer_id = free.printer_id
          or (not is_answered and (coalesce(retry_at <= clock_timestamp(), true) or own.is_paused or own.status in ('offline', 'error'))
            and not exists (select from print_attempts
                            where print_attempts.job_id = print_jobs.job_id and print_attempts.outcome is null)))
      order by queue_position limit 1
    ) as job
    where stations.station_id = free.station_id
    order by job.queue_position limit 1
  ) as head on true
  where free.printer_id = :printerId::uuid and free.connection ->> 'type' <> 'station'`

/** The ledger's line for the job that is `chosen`, whose row is locked. */
const BEGUN = `
  insert into print_attempts (job_id, attempt, printer_id, process_number, fence, started_at)
  select chosen.job_id,
    coalesce((select max(attempt) from print_attempts where print_attempts.job_id = chosen.job_id), 0) + 1,
    printer_leases.printer_id, printer_leases.process_number, printer_leases.fence, clock_timestamp()
  from chosen, printer_leases
  where printer_leases.printer_id = :printerId::uuid and printer_leases.fence = :fence::bigint
    and printer_leases.expires_at > clock_timestamp()
    and not exists (select from print_attempts
                    where print_attempts.job_id = chosen.job_id and print_attempts.outcome is null)
  on conflict on constraint print_attempts_job_id_attempt_key do nothing
  returning attempt_id, job_id`

const BEGUN_FIRST = `
  first as (${FIRST}), chosen as (
    select print_jobs.job_id from first join print_jobs on print_jobs.job_id = first.job_id
    where first.hindrance is null and not first.has_command and first.owner_id = :printerId::uuid
      and ${PRINTER_OF_KNOWN} = first.owner_id::text and ${STATUS_OF_KNOWN} = 'queued'
    for update of print_jobs
  ), begun as (${BEGUN})`

/** Larger ones are read when they are sent: an answer of the database is in memory as a whole, twice its size. */
const RAW_BYTES_MAX = 262_144

/** A raw document comes along: it is sent as it is, so nothing keeps it, and reading it would be another wait for each job. */
const WITH_ITS_JOB = `
  left join begun on true
  left join (${selectPrintJobs('print_jobs')}) as jobs on jobs.job_id = begun.job_id
  left join document_contents as raw on raw.document_id = jobs.document_id
    and jobs.media_type in ('${ZPL_TYPE}', '${ESCPOS_TYPE}') and octet_length(raw.content) <= ${RAW_BYTES_MAX}`

const CLAIMED = 'jobs.*, raw.content as raw_bytes, begun.attempt_id'

/** What `first` says stands last: its columns are there without an attempt too. */
const CLAIM_FIRST = `with ${BEGUN_FIRST} select ${CLAIMED}, first.* from first ${WITH_ITS_JOB}`

/**
 * All parts see the jobs as they were before it: the one that ends is `processing` there, so it isn't the next. The number
 * of its event is asked for, so that it is written.
 */
const END_AND_CLAIM = `
  with ${ENDED}, ${BEGUN_FIRST}
  select ${CLAIMED}, first.*, telling.is_closed
  from (select max(event_sequence), exists (select from ended) as is_closed from told) as telling left join first on true ${WITH_ITS_JOB}`

/** Nobody's command waits behind a job that waits for the printer. */
function isBefore(command: PrinterCommand, head: HeadRow | undefined): boolean {
  return (
    head === undefined || head.hindrance === 'waiting' || command.queuePosition < BigInt(head.queue_position)
  )
}

/**
 * Whoever waits for an answer is told what is the matter with the printer, and not held by the jobs that it holds
 * (contracts/thermal.md, section 3, "answered, not held").
 */
async function findAnswered(trx: Db, printerId: string): Promise<HeadRow | undefined> {
  return preparedOne<HeadRow>(
    trx,
    `select job_id, tries, is_answered, queue_position, print_jobs.printer_id as owner_id,
       case when printers.is_paused then 'paused' end as hindrance,
       printers.xmin::text as printer_version, true as has_command, 0::float8 as retry_in_ms
     from print_jobs join printers on printers.printer_id = print_jobs.printer_id
     where print_jobs.printer_id = :printerId::uuid and ${IS_IN_QUEUE} and print_jobs.is_answered
       and coalesce(print_jobs.retry_at <= clock_timestamp(), true)
     order by print_jobs.queue_position limit 1`,
    { printerId },
  )
}

/**
 * Undefined when the lease is lost, somebody else took the job, or another printer is about to send it. Of several printers
 * that chose the job, the one that locks its row first has it. The others see that one's attempt, or, where they waited for
 * the lock, would give theirs the same number: then nothing is inserted.
 */
async function beginAttempt(trx: Db, lease: Lease, head: HeadRow): Promise<ClaimedJob | undefined> {
  const row = await preparedOne<BegunRow>(
    trx,
    `with chosen as (
       select job_id from print_jobs
       where job_id = :jobId::text and ${PRINTER_OF_KNOWN} = :ownerId::uuid::text and ${STATUS_OF_KNOWN} = 'queued' for update
     ), begun as (${BEGUN})
     select jobs.*, begun.attempt_id
     from begun join (${selectPrintJobs('print_jobs')}) as jobs on jobs.job_id = begun.job_id`,
    { ...lease, jobId: head.job_id, ownerId: head.owner_id },
  )
  if (!row) return undefined
  const claimed = toClaimedJob(lease, head, row)
  if (head.owner_id === lease.printerId) return claimed
  await moveJob(trx, head.job_id, lease.printerId)
  return { ...claimed, job: await getPrintJob(trx, head.job_id) }
}

function toClaimedJob({ fence }: Lease, head: HeadRow, begun: BegunRow): ClaimedJob {
  const { job_id: jobId, tries, is_answered: isAnswered, printer_version: printerVersion } = head
  const claim = { jobId, attemptId: begun.attempt_id, fence, tries, isAnswered }
  const { first_page_width_pt: widthPt, first_page_height_pt: heightPt } = begun
  const firstPage = widthPt === null || heightPt === null ? null : { widthPt, heightPt }
  return { claim, job: toPrintJob(begun), printerVersion, firstPage, rawBytes: begun.raw_bytes ?? null }
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
