import type { Logger } from 'pino'
import type { Caller } from '../access/caller.ts'
import type { Db } from '../db/database.ts'
import { isStorableText } from '../db/storable-text.ts'
import { inTransaction } from '../db/transaction.ts'
import { type ConflictError, DomainError, NotFoundError } from '../errors.ts'
import type { Observe } from '../observation.ts'
import { attemptOf } from './attempt.ts'
import { assertSeesJob } from './job-access.ts'
import { recordJobStatus } from './job-events.ts'
import { canceledBy, type JobReport } from './job-report.ts'
import { isOutcomeOpen, type LockedJob, lockPrintJob, updateReportedState } from './job-report-store.ts'
import { isEnded, type TransitionVerdict, transition } from './job-state.ts'
import type { PrintJob } from './print-job.ts'
import { getPrintJob } from './print-job-store.ts'
import { statusConflict } from './status-conflict.ts'
import { createStationClaimService, type StationClaimService } from './station-claim-service.ts'
import { beginClaim, endClaimAttempt, insertReport, renewClaim } from './station-claim-store.ts'

/** A job after a caller's report, and whether the report changed it: then an event tells it. */
export interface ReportedJob {
  readonly job: PrintJob
  readonly isChanged: boolean
}

/** What callers tell of jobs and fetch for their printers: contracts/cloud-printing.md, "Status" and section 6. */
export interface JobProgressService extends StationClaimService {
  /**
   * Throws NotFoundError, `forbidden` (location; a merchant may cancel and nothing else), and ConflictError with reason
   * `invalid_status_transition`. Repeating a report changes nothing but the lease.
   */
  updateJob(caller: Caller, jobId: string, report: JobReport): Promise<ReportedJob>
}

/** contracts/cloud-printing.md, section 6, "lease". */
const CLAIM_TTL_SECONDS = 120
const REPORTED_PROCESSING_TTL_SECONDS = 3600

export function createJobProgressService(options: {
  db: Db
  /** How long a claim lasts unless it is renewed. */
  claimTtlSeconds?: number
  observe: Observe
  log: Logger
}): JobProgressService {
  const { db, claimTtlSeconds = CLAIM_TTL_SECONDS, observe, log } = options
  const closed = (outcome: ReportedOutcome) => observe({ what: 'attempt', outcome })

  return {
    async updateJob(caller, jobId, report) {
      if (caller.role === 'merchant' && report.status !== 'canceled') {
        throw new DomainError('forbidden', 'merchants can cancel print jobs, and nothing else')
      }
      if (!isStorableText(jobId)) throw new NotFoundError('print_job', jobId)
      assertSeesJob(caller, await getPrintJob(db, jobId))
      const { verdict, before, job, line } = await inTransaction(db, async (trx) => {
        const locked = await lockPrintJob(trx, jobId)
        if (!locked) throw new NotFoundError('print_job', jobId)
        const change = { caller, jobId, report, before: locked }
        return { ...(await judgeAndApply(trx, change)), before: locked, job: await getPrintJob(trx, jobId) }
      })
      if (line) {
        closed(line)
        log.info({ ...attemptOf(job), outcome: line, by: caller.id }, 'reported')
      }
      // Thrown outside: the ledger's line of a late report is committed.
      if (verdict === 'refused') throw invalidTransition(before, report)
      return { job, isChanged: verdict === 'yes' }
    },

    ...createStationClaimService({ db, claimTtlSeconds, onClosed: closed, log }),
  }
}

interface Change {
  readonly caller: Caller
  readonly jobId: string
  readonly report: JobReport
  /** The job as it is under the lock. */
  readonly before: LockedJob
}

/** Of the ledger's line that a report closed; null: it closed none. */
type ReportedOutcome = 'confirmed' | 'not_sent'
type ClosedLine = Promise<ReportedOutcome | null>

async function judgeAndApply(
  trx: Db,
  change: Change,
): Promise<{ readonly verdict: TransitionVerdict; readonly line: ReportedOutcome | null }> {
  const { jobId, report, before } = change
  const verdict = await judge(trx, change)
  if (verdict === 'refused') return { verdict, line: await refuse(trx, change) }
  if (verdict === 'yes') {
    const line = await apply(trx, change)
    if (report.status !== 'queued') await recordJobStatus(trx, jobId, report.status)
    return { verdict, line }
  }
  if (before.status === 'processing') await renewClaim(trx, jobId)
  return { verdict, line: null }
}

async function apply(trx: Db, { caller, jobId, report, before }: Change): ClosedLine {
  const { status, reason } = report
  const who = `${caller.id} (${caller.name})`
  switch (status) {
    case 'processing':
      await beginClaim(trx, {
        jobId,
        ownerId: null,
        printerId: null,
        claimedBy: caller.id,
        ttlSeconds: REPORTED_PROCESSING_TTL_SECONDS,
      })
      return null
    case 'completed':
      await updateReportedState(trx, { jobId, status, reason: null, updatedBy: caller.id })
      return settle(trx, jobId, { outcome: 'confirmed', detail: printedAsSaid(who, reason) })
    case 'failed':
      await updateReportedState(trx, { jobId, status, reason, updatedBy: caller.id })
      return settle(trx, jobId, { outcome: 'not_sent', detail: `${who} says: ${reason ?? ''}` })
    case 'canceled': {
      const why = reason ?? canceledBy(caller.name)
      await updateReportedState(trx, { jobId, status, reason: why, updatedBy: caller.id })
      return null
    }
    case 'queued':
      throw new Error(`nobody can report that a job is queued again, and it was ${before.status}`)
  }
}

function printedAsSaid(who: string, reason: string | null): string {
  return reason === null ? `${who} says that it printed` : `${who} says that it printed: ${reason}`
}

/** A report that comes too late to be believed is kept, for whoever counts the paper. */
async function refuse(trx: Db, { caller, jobId, report, before }: Change): ClosedLine {
  if (before.isDrivenByUs || !isEnded(before.status)) return null
  if (report.status !== 'completed' && report.status !== 'failed') return null
  const outcome = report.status === 'completed' ? 'confirmed' : 'not_sent'
  const detail = `late report of ${caller.id} (${caller.name}): ${report.status}; the job was ${before.status} already`
  return (await insertReport(trx, { jobId, outcome, detail })) ? outcome : null
}

async function judge(trx: Db, { jobId, report, before }: Change): Promise<TransitionVerdict> {
  const isOpen = before.status === 'failed' && (await isOutcomeOpen(trx, jobId))
  return transition(before.status, report.status, {
    printerDrivenByUs: before.isDrivenByUs,
    failureReason: isOpen ? before.reason : null,
  })
}

async function settle(
  trx: Db,
  jobId: string,
  end: { readonly outcome: ReportedOutcome; readonly detail: string },
): ClosedLine {
  const isWritten = (await endClaimAttempt(trx, jobId, end)) || (await insertReport(trx, { jobId, ...end }))
  return isWritten ? end.outcome : null
}

function invalidTransition({ status, isDrivenByUs }: LockedJob, report: JobReport): ConflictError {
  const why =
    isDrivenByUs && report.status !== 'canceled' ? '; Packhouse itself follows what its printer does' : ''
  return statusConflict(`a ${status} job cannot become ${report.status}${why}`)
}
