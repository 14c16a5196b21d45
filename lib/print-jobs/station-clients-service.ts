import { validate as isUuid } from 'uuid'
import type { Caller } from '../access/caller.ts'
import type { Db } from '../db/database.ts'
import { DomainError } from '../errors.ts'
import type { StationSignal } from '../printers/station-signal.ts'
import { getOpenStation } from './job-access.ts'
import type { JobProgressService } from './job-progress-service.ts'
import type { PrintJob } from './print-job.ts'
import { createSharedLook } from './shared-look.ts'
import { countQueued, touchStation } from './station-presence-store.ts'
import { createStationWaiters, type Waiter } from './station-waiters.ts'

/** What station clients wait for: contracts/cloud-printing.md, section 6. */
export interface StationClientsService {
  /**
   * Claims as `claimNext` does, and waits for a job when there is none. Null when the time is over or the signal aborts:
   * a caller who has hung up gets none. Throws NotFoundError, `forbidden`, `unavailable` when too many wait.
   */
  next(caller: Caller, stationId: string, wait: JobWait): Promise<PrintJob | null>
  /** What happens at the station from now on. Throws as `next` does. */
  follow(caller: Caller, stationId: string, onSignal: (signal: StationSignal) => void): Promise<Following>
  /** What another process, or this one, has told. */
  hear(signal: StationSignal): void
  /** Something may have been missed: everybody looks again. */
  catchUp(): void
  close(): void
}

export interface JobWait {
  readonly waitMs: number
  /** Null: any printer of the station. */
  readonly printerId: string | null
  readonly signal: AbortSignal
}

export interface Following {
  /** Queued jobs when it began. */
  readonly queued: number
  /** The client is still there. */
  seen(): Promise<void>
  end(): void
}

const WAITERS_MAX = 2_000
const FOLLOWERS_MAX = 2_000
/** A third of the connections that a process has: what it is asked beside has the others. */
const LOOKS_AT_ONCE = 6
/** Finds what no notification told, with one look per station or printer. */
const LOOK_MS = 5_000

type Listener = (signal: StationSignal) => void

export function createStationClientsService(options: {
  db: Db
  progress: JobProgressService
}): StationClientsService {
  const { db, progress } = options
  const waiters = createStationWaiters({ waitersMax: WAITERS_MAX })
  const looks = createSharedLook<PrintJob>({ atOnceMax: LOOKS_AT_ONCE })
  const listeners = new Map<string, Set<Listener>>()
  let followers = 0
  const looking = setInterval(() => waiters.wakeForAll(), LOOK_MS).unref()

  const claim = async (caller: Caller, stationId: string, wait: JobWait, waiter: Waiter) => {
    const { waitMs, printerId, signal } = wait
    const end = performance.now() + waitMs
    const isWanted = () => !signal.aborted
    do {
      const find = () => progress.claimNext(caller, stationId, { printerId, isWanted })
      const job = await looks.look(`${stationId} ${printerId ?? ''}`, { isWanted, find })
      if (job) return job
    } while (await waiter.woken(Math.max(0, end - performance.now()), signal))
    return null
  }

  return {
    async next(caller, stationId, wait) {
      await getOpenStation(db, caller, stationId)
      await touchStation(db, stationId)
      if (wait.printerId !== null && !isUuid(wait.printerId)) return null
      const waiter = waiters.join(stationId, wait.printerId)
      try {
        const job = await claim(caller, stationId, wait, waiter)
        // Where there was one there may be more: the next in the line looks, until one finds nothing.
        if (job) waiters.wake(stationId)
        else if (wait.waitMs > 0 && !wait.signal.aborted) await touchStation(db, stationId)
        return job
      } finally {
        waiter.leave()
      }
    },

    async follow(caller, stationId, onSignal) {
      await getOpenStation(db, caller, stationId)
      if (followers >= FOLLOWERS_MAX) {
        throw new DomainError('unavailable', 'too many clients follow their stations here', {
          subject: 'station',
        })
      }
      followers += 1
      const own = listeners.get(stationId) ?? new Set()
      listeners.set(stationId, own.add(onSignal))
      const end = (): void => {
        if (!own.delete(onSignal)) return
        followers -= 1
        if (own.size === 0) listeners.delete(stationId)
      }
      try {
        await touchStation(db, stationId)
        return { queued: await countQueued(db, stationId), seen: () => touchStation(db, stationId), end }
      } catch (error) {
        end()
        throw error
      }
    },

    hear(signal) {
      const { event, stationId, printerId, isPooled } = signal
      if (WAKING.has(event) && isPooled) waiters.wakeForAll(stationId)
      else if (WAKING.has(event)) waiters.wake(stationId, printerId)
      for (const listener of listeners.get(stationId) ?? []) listener(signal)
    },

    catchUp: () => waiters.wakeForAll(),
    close: () => clearInterval(looking),
  }
}

/** After these a job may be claimed that couldn't be before. */
const WAKING: ReadonlySet<StationSignal['event']> = new Set(['job.queued', 'printer.free', 'printer.resumed'])
