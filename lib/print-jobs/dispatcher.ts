import { isDatabaseUnavailable } from '../db/database-availability.ts'
import type { Logger } from 'pino'
import type { SendCommand } from './command-step.ts'
import type { DeliveryStep, DispatcherCheckpoint } from './delivery-step.ts'
import type { JobCountsService } from './job-counts-service.ts'
import type { JobFailoverService } from './job-failover-service.ts'
import type { LedgerService } from './ledger-service.ts'
import { PrinterPump } from './printer-pump.ts'

/** Brings queued jobs to the printers that Packhouse drives: one job at a time per printer, any number of printers. */
export interface Dispatcher {
  /** A job was queued for that printer, or something about it changed. */
  wake(printerId: string): void
  /** Looks at every queue: notifications may have been missed. While a look is under way that one will do. */
  poll(): Promise<void>
  /** Tells the other processes that this one lives: whoever saw it without its connection takes nothing from it. */
  renew(): Promise<void>
  /** Claims nothing more and lets what is on its way end, for at most `drainMs`. */
  stop(drainMs: number): Promise<void>
}

export interface DispatcherOptions {
  readonly ledger: LedgerService
  readonly delivery: DeliveryStep
  readonly command: SendCommand
  readonly failover: JobFailoverService
  readonly jobCounts: JobCountsService
  readonly checkpoint: DispatcherCheckpoint
  /** Whether the others see that this process lives. */
  readonly isConnected: () => boolean
  readonly timing: DispatcherTiming
  readonly log: Logger
}

export interface DispatcherTiming {
  readonly leaseTtlMs: number
  /** For how long the others wait for a renewal from a process that isn't connected. */
  readonly graceMs: number
  /** The slow look that finds what no notification told. */
  readonly pollMs: number
  readonly idleMs: number
  /** How often a printer may refuse a job before its queue looks for another one. */
  readonly refusalsMax: number
}

/** After an abort drivers end within a breath; one that doesn't must not hold the exit. */
const ABORT_WAIT_MS = 3_000

export function startDispatcher(options: DispatcherOptions): Dispatcher {
  return new PumpingDispatcher(options)
}

class PumpingDispatcher implements Dispatcher {
  readonly #options: DispatcherOptions
  readonly #pumps = new Map<string, { readonly pump: PrinterPump; readonly ended: Promise<void> }>()
  readonly #timers: readonly NodeJS.Timeout[]
  /** One at a time: behind a database that is slow they would take one connection after the other, until nobody had any. */
  #polling: Promise<void> | null = null
  #isStopping = false
  #isRenewingAway = false

  constructor(options: DispatcherOptions) {
    this.#options = options
    const { pollMs, leaseTtlMs, graceMs } = options.timing
    this.#timers = [
      setInterval(() => void this.poll(), pollMs),
      setInterval(() => void this.renew(), leaseTtlMs / 3),
      setInterval(() => void this.#renewWhileAway(), graceMs / 2),
    ]
  }

  wake(printerId: string): void {
    if (this.#isStopping) return
    const running = this.#pumps.get(printerId)
    if (running) return running.pump.wake()
    const pump = new PrinterPump({ ...this.#options, ...this.#options.timing, printerId })
    this.#pumps.set(printerId, { pump, ended: this.#run(printerId, pump) })
  }

  async #run(printerId: string, pump: PrinterPump): Promise<void> {
    try {
      await pump.run()
    } catch (error) {
      // An outage mends itself; anything else is a defect that somebody has to hear of.
      const level = isDatabaseUnavailable(error) ? 'warn' : 'error'
      this.#options.log[level](
        { err: error, printerId },
        'the queue of a printer stopped; the next look starts it again',
      )
    } finally {
      this.#pumps.delete(printerId)
      if (pump.hasMissedWake) this.wake(printerId)
    }
  }

  poll(): Promise<void> {
    this.#polling ??= this.#look().finally(() => (this.#polling = null))
    return this.#polling
  }

  async #look(): Promise<void> {
    try {
      await this.#options.ledger.expire()
      for (const printerId of await this.#options.ledger.printersWithWork()) this.wake(printerId)
    } catch (error) {
      this.#options.log.warn({ err: error }, 'could not look for queued jobs')
    }
    await this.#foldCounts()
  }

  /** What a minute of many jobs leaves to be added up would slow each choice of a printer down. */
  async #foldCounts(): Promise<void> {
    try {
      await this.#options.jobCounts.foldIfMany()
    } catch (error) {
      this.#options.log.warn({ err: error }, 'could not add up the counts of jobs')
    }
  }

  async renew(): Promise<void> {
    const pumps = [...this.#pumps.values()].map(({ pump }) => pump)
    const leases = pumps.flatMap(({ lease }) => lease ?? [])
    if (leases.length === 0) return
    try {
      const held = await this.#options.ledger.renew(leases)
      for (const pump of pumps) {
        if (pump.lease && leases.includes(pump.lease) && !held.has(pump.lease.printerId)) pump.loseLease()
      }
    } catch (error) {
      this.#options.log.warn({ err: error }, 'could not renew the leases of printers')
    }
  }

  /** One at a time, since what took the one connection may have taken the others too, and each would wait. */
  async #renewWhileAway(): Promise<void> {
    if (this.#options.isConnected() || this.#isRenewingAway) return
    this.#isRenewingAway = true
    await this.renew()
    this.#isRenewingAway = false
  }

  async stop(drainMs: number): Promise<void> {
    this.#isStopping = true
    const [poll] = this.#timers
    clearInterval(poll)
    const running = [...this.#pumps.values()]
    for (const { pump } of running) pump.stop()
    const ended = Promise.all(running.map((run) => run.ended))
    if (!(await isWithin(ended, drainMs))) {
      for (const { pump } of running) pump.abort()
      await isWithin(ended, ABORT_WAIT_MS)
    }
    for (const timer of this.#timers) clearInterval(timer)
  }
}

async function isWithin(work: Promise<unknown>, limitMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), limitMs)
  })
  const isDone = await Promise.race([work.then(() => true), late])
  clearTimeout(timer)
  return isDone
}
