import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Caller } from '../access/caller.ts'
import type { Db } from '../db/database.ts'
import { isDatabaseUnavailable } from '../db/database-availability.ts'
import { signalStation } from '../db/printer-signals.ts'
import { inTransaction } from '../db/transaction.ts'
import { attemptOf } from './attempt.ts'
import { getOpenStation } from './job-access.ts'
import { recordJobStatus } from './job-events.ts'
import { lockPrintJob } from './job-report-store.ts'
import type { PrintJob } from './print-job.ts'
import {
  beginClaim,
  findClaimable,
  lockStation,
  returnClaim,
  type UnansweredClaim,
} from './station-claim-store.ts'

/** How callers come to jobs for their printers: contracts/cloud-printing.md, section 6. */
export interface StationClaimService {
  /**
   * The oldest queued job of a free printer of the station, now the caller's for 120 s; null when there is none. Of any
   * number of callers and processes one gets it. Throws NotFoundError, `forbidden`.
   */
  claimNext(caller: Caller, stationId: string, options?: ClaimOptions): Promise<PrintJob | null>
  /** A claimed job that its caller never got goes back to its place in the queue. */
  handBack(caller: Caller, jobId: string): Promise<void>
}

interface ClaimOptions {
  /** That printer alone; null: any of the station. */
  readonly printerId?: string | null
  /** Asked when a job was found: a caller who has hung up gets none. */
  readonly isWanted?: () => boolean
}

/** Each round finds that the job it chose was canceled or taken by a report meanwhile. */
const CLAIM_ROUNDS_MAX = 20
const GIVE_BACK_PAUSE_MS = 500
/** Two minutes, as long as the claim lasts. After that the job fails as one that may have printed. */
const GIVE_BACK_TRIES_MAX = 240

export function createStationClaimService(options: {
  readonly db: Db
  readonly claimTtlSeconds: number
  readonly onClosed: (outcome: 'not_sent') => void
  readonly log: Logger
}): StationClaimService {
  const { db, claimTtlSeconds, onClosed, log } = options

  const giveBack = async (claim: UnansweredClaim): Promise<void> => {
    const { jobId } = claim
    const isReturned = await inTransaction(db, async (trx) => {
      await lockPrintJob(trx, jobId)
      const printerId = await returnClaim(trx, claim)
      if (printerId !== undefined) await signalStation(trx, { event: 'job.queued', printerId, jobId })
      return printerId !== undefined
    })
    if (isReturned) onClosed('not_sent')
  }

  /** `begun` gets each claim that is made if its transaction is committed. */
  const claim = async (trx: Db, wanted: WantedClaim, begun: UnansweredClaim[]): Promise<PrintJob | null> => {
    const { caller, stationId, printerId, isWanted } = wanted
    await lockStation(trx, stationId)
    for (let round = 1; round <= CLAIM_ROUNDS_MAX; round += 1) {
      const head = await findClaimable(trx, { stationId, printerId })
      if (!head || !isWanted()) return null
      const attemptId = await beginClaim(trx, { ...head, claimedBy: caller.id, ttlSeconds: claimTtlSeconds })
      if (attemptId === undefined) continue
      begun.push({ jobId: head.jobId, claimedBy: caller.id, attemptId })
      return recordJobStatus(trx, head.jobId, 'processing')
    }
    return null
  }

  return {
    async claimNext(caller, stationId, { printerId = null, isWanted = () => true } = {}) {
      await getOpenStation(db, caller, stationId)
      // Nearly every look finds nothing: that needs no lock. What comes a moment later is told to whoever waits.
      if (!(await findClaimable(db, { stationId, printerId }))) return null
      const begun: UnansweredClaim[] = []
      try {
        const wanted = { caller, stationId, printerId, isWanted }
        const job = await inTransaction(db, (trx) => claim(trx, wanted, begun))
        if (job) log.info({ ...attemptOf(job), by: caller.id }, 'fetched')
        return job
      } catch (error) {
        if (isDatabaseUnavailable(error)) for (const one of begun) void giveBackLater(one, giveBack)
        throw error
      }
    },

    handBack: (caller, jobId) => giveBack({ jobId, claimedBy: caller.id, attemptId: null }),
  }
}

interface WantedClaim extends Required<ClaimOptions> {
  readonly caller: Caller
  readonly stationId: string
}

/**
 * A claim whose commit was not answered. If it was made, nobody was told of it, and its job would fail as one that may have printed,
 * though nothing of it has left the server; if not, giving it back changes nothing. Never rejects.
 */
async function giveBackLater(
  claim: UnansweredClaim,
  giveBack: (claim: UnansweredClaim) => Promise<void>,
): Promise<void> {
  for (let tries = 1; tries <= GIVE_BACK_TRIES_MAX; tries += 1) {
    await delay(GIVE_BACK_PAUSE_MS, undefined, { ref: false })
    try {
      return await giveBack(claim)
    } catch {
      // The database isn't back yet, or it can't be done at all: then the claim lapses.
    }
  }
}
