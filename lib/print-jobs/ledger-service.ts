import type { Db } from '../db/database.ts'
import { wakeOthersForJob } from '../db/printer-signals.ts'
import { inTransaction, retried } from '../db/transaction.ts'
import type { DeliveryResult } from '../delivery/driver.ts'
import type { ClosedAttempt } from './attempt.ts'
import type { AttemptTelling } from './attempt-telling.ts'
import {
  adoptInterrupted,
  countStopsInARow,
  endAbandonedAttempts,
  type Interruption,
} from './interruption-store.ts'
import { cancelQueuedOfRemovedPrinters } from './job-cancellation-store.ts'
import { recordJobStatus } from './job-events.ts'
import {
  answered,
  COMMAND_INTERRUPTED,
  heldBy,
  INTERRUPTED,
  lapsedState,
  type RetryTiming,
  retryInMs,
  stateAfter,
  stateAfterStops,
  unlessHopeless,
} from './job-outcome.ts'
import { acquireLease, type Lease, releaseLease, renewLeases } from './lease-store.ts'
import {
  type Claim,
  cancelExpiredJobs,
  countEarlierAttempts,
  type Ending,
  endAttempt,
  type Head,
  holdJob,
  listPrintersWithWork,
  type Mark,
  markAccepted,
  markSending,
  type RefusedJob,
  updateJobState,
} from './ledger-store.ts'
import { OrphanedLeases } from './orphaned-leases.ts'
import { cancelStaleCommands, failAbandonedCommands } from './printer-command-store.ts'
import { claimFirst, claimHead, endAndClaimFirst } from './queue-claim-store.ts'
import { endLapsedClaims } from './station-claim-store.ts'

/**
 * What the dispatcher may do, and what follows from how a delivery ended: contracts/printing.md, "Outcome: the ledger".
 * Every step is a transaction of its own; none is open while a printer is talked to.
 */
export interface LedgerService {
  /**
   * The lease of a printer, with what its last holder left open settled, or handed over where the printer can be asked. Or
   * another process has it.
   */
  takeOver(printerId: string): Promise<TakeOver | HeldElsewhere>
  /** The printers whose leases are still held. */
  renew(leases: readonly Lease[]): Promise<ReadonlySet<string>>
  release(lease: Lease): Promise<void>
  /** `isProbed`: the printer was asked how it is, and may be offered what it refused before. */
  claim(lease: Lease, isProbed?: boolean): Promise<Head>
  /**
   * A printer that still takes nothing: its job waits longer, and the ledger has no line of it. False when it isn't this
   * lease's any more.
   */
  hold(lease: Lease, refused: RefusedJob, result: DeliveryResult): Promise<boolean>
  /** The step before the first byte. Throws SendingRefused: the lease is lost or has ended, or somebody canceled the job. */
  markSending(lease: Lease, mark: Mark): Promise<void>
  /** The device has the whole document. */
  markAccepted(claim: Claim): Promise<void>
  record(claim: Claim, result: DeliveryResult): Promise<void>
  /**
   * `record` and `claim` at once, for a document that was sent: a queue that is being emptied costs one commit less per job.
   * Null: what stands at its head now is for `claim` to judge.
   */
  recordAndClaim(lease: Lease, claim: Claim, result: DeliveryResult): Promise<Head | null>
  /** Printers with a queued job, or with an attempt that a process left open. */
  printersWithWork(): Promise<readonly string[]>
  /**
   * Cancels jobs and commands that have expired, and jobs that came back to a printer after it was removed; fails those whose
   * station client fell silent. Answers how many.
   */
  expire(): Promise<number>
}

export interface TakeOver {
  readonly state: 'taken'
  readonly lease: Lease
  /** Null: nothing, or nothing that anybody can be asked about. */
  readonly interruption: Interruption | null
}

export interface HeldElsewhere {
  readonly state: 'held elsewhere'
  /** Its holder isn't to be seen: if nothing has changed by then, the lease can be had. Null: it is there. */
  readonly lookAgainInMs: number | null
}

/** Nothing may be sent: nothing was. */
export class SendingRefused extends Error {
  override readonly name = 'SendingRefused'
}

export interface LedgerTiming extends RetryTiming {
  readonly leaseTtlMs: number
  /** How long a process that isn't connected may live, until the others take its leases. */
  readonly graceMs: number
}

export interface LedgerOptions {
  readonly db: Db
  readonly processNumber: number
  /** Whether what isn't to be seen of other processes says that they are gone. */
  readonly isSettled: () => boolean
  readonly timing: LedgerTiming
  readonly telling: AttemptTelling
}

const PRINTERS_MAX = 1000
/** A transaction of some 0.2 s; a thousand jobs that expire at once are through within the 5 s of the contract. */
const EXPIRED_MAX = 100
const EXPIRY_ROUNDS_MAX = 20

export function createLedgerService(options: LedgerOptions): LedgerService {
  const { db, processNumber, isSettled, timing, telling } = options
  const orphaned = new OrphanedLeases(timing.graceMs)
  const endingOf = (claim: Claim, result: DeliveryResult): Ending => {
    const end = claim.isAnswered ? answered(result) : result
    return { end, state: stateAfter(end, retryInMs(claim.tries, timing)) }
  }

  return {
    async takeOver(printerId) {
      const taken = await inTransaction(db, async (trx) => {
        const asked = await acquireLease(trx, {
          ...{ printerId, processNumber, ttlMs: timing.leaseTtlMs },
          ...{ mayTakeOver: isSettled(), lapsed: orphaned.lapsed(printerId) },
        })
        if ('orphan' in asked) return asked
        return { lease: asked.lease, ...(await settleLeftOpen(trx, asked.lease, timing)) }
      })
      const lookAgainInMs = orphaned.see(printerId, 'orphan' in taken ? taken.orphan : null)
      if ('orphan' in taken) return { state: 'held elsewhere', lookAgainInMs }
      const { abandoned, ...takeOver } = taken
      telling.givenUp(abandoned, 'a process ended, or was too slow, and left a job')
      return { state: 'taken', ...takeOver }
    },

    renew: (leases) => renewLeases(db, leases, timing.leaseTtlMs),
    release: (lease) => releaseLease(db, lease),
    async claim(lease, isProbed = false) {
      const settled = await retried(() => claimFirst(db, lease, isProbed))
      return 'first' in settled ? inTransaction(db, (trx) => claimHead(trx, lease, isProbed)) : settled
    },

    hold: (lease, { jobId, tries }, result) =>
      inTransaction(db, async (trx) => {
        const hold = { jobId, stateReasons: heldBy(result), retryInMs: retryInMs(tries, timing) }
        const isHeld = await holdJob(trx, lease, hold)
        if (isHeld) await wakeOthersForJob(trx, jobId)
        return isHeld
      }),

    markSending: (lease, mark) => permitSending(db, lease, mark),
    markAccepted: (claim) => markAccepted(db, claim),

    async record(claim, result) {
      const { end, isClosed } = await inTransaction(db, async (trx) => {
        const ending = endingOf(claim, await settled(trx, claim, result))
        const ended = await endAttempt(trx, claim, ending)
        if (ended.isJobChanged && ending.state.status === 'queued') await wakeOthersForJob(trx, claim.jobId)
        return { end: ending.end, isClosed: ended.isClosed }
      })
      await telling.ended(claim, end, isClosed)
    },

    async recordAndClaim(lease, claim, result) {
      const ending = endingOf(claim, result)
      const { isClosed, head } = await retried(() => endAndClaimFirst(db, lease, { claim, ending }))
      await telling.ended(claim, ending.end, isClosed)
      return 'first' in head ? null : head
    },

    printersWithWork: () => listPrintersWithWork(db, PRINTERS_MAX),

    async expire() {
      let total = 0
      for (let round = 1; round <= EXPIRY_ROUNDS_MAX; round += 1) {
        const { count, lapsed } = await inTransaction(db, endOverdue)
        telling.givenUp(lapsed, 'a station client fell silent and left a job')
        total += count
        if (count < EXPIRED_MAX) break
      }
      return total
    },
  }
}

async function permitSending(db: Db, lease: Lease, mark: Mark): Promise<void> {
  const askedAtMs = performance.now()
  const heldMs = await retried(() => markSending(db, lease, mark))
  if (heldMs === null)
    throw new SendingRefused('the job was canceled, or another process drives this printer now')
  // It was frozen meanwhile, or the answer was late: whoever took the lease over has judged the job by the mark.
  if (performance.now() - askedAtMs >= heldMs)
    throw new SendingRefused('the lease had ended when it was known that the document may be sent')
}

/** What may be tried again is so no more when the server failed too often. */
async function settled(trx: Db, claim: Claim, result: DeliveryResult): Promise<DeliveryResult> {
  if (result.isOwnFailure !== true) return result
  return unlessHopeless(result, await countEarlierAttempts(trx, claim, result.detail))
}

/** What earlier holders of the lease began. */
async function settleLeftOpen(
  trx: Db,
  lease: Lease,
  timing: RetryTiming,
): Promise<Pick<TakeOver, 'interruption'> & { readonly abandoned: readonly ClosedAttempt[] }> {
  const interruption = (await adoptInterrupted(trx, lease)) ?? null
  await failAbandonedCommands(trx, lease, COMMAND_INTERRUPTED)
  const abandoned = await endAbandonedAttempts(trx, lease)
  for (const { jobId, outcome } of abandoned) {
    const state =
      outcome === 'unknown' ? INTERRUPTED : stateAfterStops(await countStopsInARow(trx, jobId), timing)
    if (state && (await updateJobState(trx, jobId, state)) && state.status === 'failed') {
      await recordJobStatus(trx, jobId, 'failed')
    }
  }
  return { interruption, abandoned }
}

/** Jobs and commands whose time is over, jobs whose printer is gone, and jobs whose client fell silent. */
async function endOverdue(
  trx: Db,
): Promise<{ readonly count: number; readonly lapsed: readonly ClosedAttempt[] }> {
  const expired = await cancelExpiredJobs(trx, EXPIRED_MAX)
  const leftBehind = await cancelQueuedOfRemovedPrinters(trx, EXPIRED_MAX)
  for (const jobId of [...expired, ...leftBehind]) await recordJobStatus(trx, jobId, 'canceled')
  const lapsed = await endLapsedClaims(trx, EXPIRED_MAX)
  for (const { jobId, claimedBy, since } of lapsed) {
    await updateJobState(trx, jobId, lapsedState(claimedBy, since))
    await recordJobStatus(trx, jobId, 'failed')
  }
  const count =
    expired.length + leftBehind.length + lapsed.length + (await cancelStaleCommands(trx, EXPIRED_MAX))
  return { count, lapsed }
}
