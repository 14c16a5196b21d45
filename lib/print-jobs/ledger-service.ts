import type { Db } from '../db/database.ts'
import { wakeOthersForJob } from '../db/printer-signals.ts'
import { inTransaction } from '../db/transaction.ts'
import type { DeliveryResult } from '../delivery/driver.ts'
import type { Observe } from '../observation.ts'
import type { EventsService } from '../webhooks/events-service.ts'
import { recordJobStatus } from './job-events.ts'
import { mayHold, reasonText } from './job-state.ts'
import { acquireLease, type Lease, releaseLease, renewLeases } from './lease-store.ts'
import {
  type Claim,
  cancelExpiredJobs,
  endAbandonedAttempts,
  endAttempt,
  type Head,
  listPrintersWithWork,
  markSending,
  updateJobState,
} from './ledger-store.ts'
import type { PrintJobStatus } from './print-job.ts'
import { claimHead } from './queue-claim-store.ts'
import { endLapsedClaims } from './station-claim-store.ts'

/**
 * What the dispatcher may do, and what follows from how a delivery ended: contracts/printing.md, "Outcome: the ledger".
 * Every step is a transaction of its own; none is open while a printer is talked to.
 */
export interface LedgerService {
  /** The lease of a printer, with whatever its last holder left open settled; undefined while another process has it. */
  takeOver(printerId: string): Promise<Lease | undefined>
  /** The printers whose leases are still held. */
  renew(leases: readonly Lease[]): Promise<ReadonlySet<string>>
  release(lease: Lease): Promise<void>
  claim(lease: Lease): Promise<Head>
  /** The step before the first byte. Throws SendingRefused: the lease is lost, or somebody canceled the job. */
  markSending(lease: Lease, claim: Claim, bytesOffered: number): Promise<void>
  record(claim: Claim, result: DeliveryResult): Promise<void>
  /** Printers with a queued job, or with an attempt that a process left open. */
  printersWithWork(): Promise<readonly string[]>
  /** Cancels jobs that have expired and fails those whose station client fell silent; answers how many. */
  expire(): Promise<number>
}

/** Nothing may be sent: nothing was. */
export class SendingRefused extends Error {
  override readonly name = 'SendingRefused'
}

export interface LedgerTiming {
  readonly leaseTtlMs: number
  readonly retryMinMs: number
  readonly retryMaxMs: number
}

export interface LedgerOptions {
  readonly db: Db
  readonly events: EventsService
  readonly processNumber: number
  readonly timing: LedgerTiming
  readonly observe?: Observe | undefined
}

const PRINTERS_MAX = 1000
/** A transaction of some 0.2 s; a thousand jobs that expire at once are through within the 5 s of the contract. */
const EXPIRED_MAX = 100
const EXPIRY_ROUNDS_MAX = 20

export function createLedgerService({
  db,
  events,
  processNumber,
  timing,
  observe,
}: LedgerOptions): LedgerService {
  const tell = (trx: Db, jobId: string, status: Exclude<PrintJobStatus, 'queued'>) =>
    recordJobStatus({ trx, events, jobId, status })

  return {
    takeOver: (printerId) =>
      inTransaction(db, async (trx) => {
        const lease = await acquireLease(trx, { printerId, processNumber, ttlMs: timing.leaseTtlMs })
        if (!lease) return undefined
        for (const abandoned of await endAbandonedAttempts(trx, lease)) {
          if (abandoned.outcome === 'unknown' && (await updateJobState(trx, abandoned.jobId, INTERRUPTED))) {
            await tell(trx, abandoned.jobId, 'failed')
          }
        }
        return lease
      }),

    renew: (leases) => renewLeases(db, leases, timing.leaseTtlMs),
    release: (lease) => releaseLease(db, lease),
    claim: (lease) => inTransaction(db, (trx) => claimHead(trx, lease)),

    markSending: (lease, claim, bytesOffered) =>
      inTransaction(db, async (trx) => {
        if (!(await markSending(trx, lease, claim, bytesOffered))) {
          throw new SendingRefused('the job was canceled, or another process drives this printer now')
        }
        await tell(trx, claim.jobId, 'processing')
      }),

    async record(claim, result) {
      await inTransaction(db, async (trx) => {
        if (!(await endAttempt(trx, claim.attemptId, result))) return
        const judged = claim.isAnswered ? answered(result) : result
        const state = stateAfter(judged, retryInMs(claim.tries, timing))
        const isChanged = await updateJobState(trx, claim.jobId, state)
        if (!isChanged) return
        if (state.status === 'queued') await wakeOthersForJob(trx, claim.jobId)
        else await tell(trx, claim.jobId, state.status)
      })
      observe?.({ what: 'attempt', outcome: result.outcome })
    },

    printersWithWork: () => listPrintersWithWork(db, PRINTERS_MAX),

    async expire() {
      let total = 0
      for (let round = 1; round <= EXPIRY_ROUNDS_MAX; round += 1) {
        const count = await inTransaction(db, (trx) => endOverdue(trx, tell))
        total += count
        if (count < EXPIRED_MAX) break
      }
      return total
    },
  }
}

/** Jobs whose time is over, and those whose client fell silent; answers how many. */
async function endOverdue(
  trx: Db,
  tell: (trx: Db, jobId: string, status: 'canceled' | 'failed') => Promise<unknown>,
): Promise<number> {
  const expired = await cancelExpiredJobs(trx, EXPIRED_MAX)
  for (const jobId of expired) await tell(trx, jobId, 'canceled')
  const lapsed = await endLapsedClaims(trx, EXPIRED_MAX)
  for (const { jobId, claimedBy, since } of lapsed) {
    await updateJobState(trx, jobId, lapsedState(claimedBy, since))
    await tell(trx, jobId, 'failed')
  }
  return expired.length + lapsed.length
}

type JobState = Parameters<typeof updateJobState>[2]

const INTERRUPTED: JobState = {
  status: 'failed',
  reason: reasonText(
    'outcome-unknown',
    'the server stopped while the document was being sent: it may have printed',
  ),
  stateReasons: [],
  retryInMs: null,
}

function lapsedState(claimedBy: string, since: Date): JobState {
  const text = `${claimedBy} had it since ${since.toISOString()} and fell silent: it may have printed`
  return { ...INTERRUPTED, reason: reasonText('claim-timeout', text) }
}

/** Whoever waits for an answer is told what is the matter. What the server itself broke off is taken up again. */
function answered(result: DeliveryResult): DeliveryResult {
  const isPrinters = result.outcome === 'not_sent' && result.reason !== null
  return isPrinters && result.next === 'retry' ? { ...result, next: 'fail' } : result
}

/** What follows by itself from how a delivery ended. Pure. */
export function stateAfter(result: DeliveryResult, retryMs: number): JobState {
  const end = { stateReasons: [], retryInMs: null }
  if (result.outcome === 'sent' || result.outcome === 'confirmed')
    return { ...end, status: 'completed', reason: null }
  if (result.outcome === 'unknown') {
    return {
      ...end,
      status: 'failed',
      reason: reasonText('outcome-unknown', doubtful(result.detail)),
    }
  }
  switch (result.next) {
    case 'retry':
      return { status: 'queued', reason: null, stateReasons: heldBy(result), retryInMs: retryMs }
    case 'cancel':
      return { ...end, status: 'canceled', reason: keyed('job-canceled-at-device', result) }
    case 'fail':
      return { ...end, status: 'failed', reason: keyed('aborted-by-system', result) }
  }
}

/** Whatever a driver knows, a person must read this. */
function doubtful(detail: string): string {
  return detail.includes('may have printed') ? detail : `${detail}; it may have printed`
}

function heldBy({ reason, stateReasons }: DeliveryResult): readonly string[] {
  const isHolding = reason !== null && mayHold(reason)
  return [...new Set([...(isHolding ? [reason] : []), ...stateReasons])]
}

function keyed(fallback: string, { reason, detail }: DeliveryResult): string {
  return reasonText((reason ?? fallback) as Parameters<typeof reasonText>[0], detail)
}

/** Doubles with each try; the jitter keeps the printers of a switched-off room from being called in step. */
function retryInMs(tries: number, { retryMinMs, retryMaxMs }: LedgerTiming): number {
  const fullMs = Math.min(retryMaxMs, retryMinMs * 2 ** Math.min(tries, 20))
  return fullMs * (0.75 + Math.random() / 2)
}
