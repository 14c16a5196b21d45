import type { Logger } from 'pino'
import type { DeliveryResult } from '../delivery/driver.ts'
import type { SendCommand } from './command-step.ts'
import type { DeliveryStep, DispatcherCheckpoint } from './delivery-step.ts'
import type { Interruption } from './interruption-store.ts'
import type { JobFailoverService } from './job-failover-service.ts'
import type { Lease } from './lease-store.ts'
import type { HeldElsewhere, LedgerService, TakeOver } from './ledger-service.ts'
import type { Claim, ClaimedJob, Head, RefusedJob } from './ledger-store.ts'
import { untilRecorded } from './outcome-recording.ts'
import { WakeSignal } from './wake-signal.ts'

export interface PumpOptions {
  readonly printerId: string
  readonly ledger: LedgerService
  readonly delivery: DeliveryStep
  readonly command: SendCommand
  readonly failover: JobFailoverService
  readonly checkpoint: DispatcherCheckpoint
  readonly log: Logger
  /** How long a printer without jobs keeps its lease, which saves taking it for each job. */
  readonly idleMs: number
  /** How often a printer may refuse a job before its queue looks for another one. */
  readonly refusalsMax: number
}

type ProbedHead =
  | Exclude<Head, { readonly state: 'refused before' }>
  | { readonly state: 'refused before'; readonly refused: RefusedJob; readonly result: DeliveryResult }

/** Empties the queue of one printer, one job at a time, in the order of creation, under its lease. */
export class PrinterPump {
  lease: Lease | null = null
  readonly #options: PumpOptions
  readonly #signal = new WakeSignal()
  readonly #abort = new AbortController()
  /** What was claimed when the outcome before it was recorded. */
  #next: Head | null = null
  #isStopping = false

  constructor(options: PumpOptions) {
    this.#options = options
  }

  /** There may be something new to do. */
  wake(): void {
    this.#signal.wake()
  }

  /** True when it was woken and hasn't looked since: a pump that has just ended leaves that to the next. */
  get hasMissedWake(): boolean {
    return this.#signal.isWoken && !this.#isStopping
  }

  /** Claims nothing more; what is on its way may end. */
  stop(): void {
    this.#isStopping = true
    this.#signal.wake()
  }

  /** Breaks off what is on its way. */
  abort(): void {
    this.stop()
    this.#abort.abort(new Error('the server is stopping'))
  }

  /** Until there was nothing to do for a while, the lease is lost, or it is stopped. */
  async run(): Promise<void> {
    const { ledger, checkpoint } = this.#options
    const taken = await this.#takeOver()
    if (taken.state === 'held elsewhere') return
    const { lease, interruption } = taken
    this.lease = lease
    try {
      await checkpoint('leased')
      if (interruption) await this.#recover(lease, interruption)
      while ((!this.#isStopping || this.#next?.state === 'claimed') && (await this.#step(lease))) continue
    } finally {
      this.lease = null
      await ledger.release(lease)
    }
  }

  /** Where the holder seems to be gone, a second look as soon as that can be told. */
  async #takeOver(): Promise<TakeOver | HeldElsewhere> {
    const { ledger, printerId } = this.#options
    const first = await ledger.takeOver(printerId)
    if (first.state === 'taken' || first.lookAgainInMs === null) return first
    const atMs = performance.now() + first.lookAgainInMs
    // Who wakes it meanwhile waits for the same look.
    for (
      let leftMs = first.lookAgainInMs;
      leftMs > 0 && !this.#isStopping;
      leftMs = atMs - performance.now()
    ) {
      await this.#signal.wait(leftMs)
    }
    return this.#isStopping ? first : ledger.takeOver(printerId)
  }

  /** The lease went to another process; what is being sent ends, and that process judges it. */
  loseLease(): void {
    this.stop()
  }

  /** False when there is nothing left to wait for. */
  async #step(lease: Lease): Promise<boolean> {
    const { ledger, idleMs } = this.#options
    const head = await this.#claim(lease)
    switch (head.state) {
      case 'empty':
      case 'held':
        return this.#signal.wait(idleMs)
      case 'contested':
        // Whoever has the lease next settles what stands in the way.
        return false
      case 'waiting':
        await this.#signal.wait(head.retryInMs)
        return true
      case 'command':
        await this.#options.command(lease, head.command, this.#abort.signal)
        return true
      case 'claimed':
        await this.#print(lease, head)
        return true
      case 'refused before':
        if (!(await ledger.hold(lease, head.refused, head.result))) return this.#signal.wait(idleMs)
        await this.#relieve(lease, head.refused.tries, head.result)
        return true
    }
  }

  /** A printer that refused is asked how it is first: that costs no document, and no line of the ledger each time. */
  async #claim(lease: Lease): Promise<ProbedHead> {
    const { ledger, delivery, printerId } = this.#options
    const head = this.#next ?? (await ledger.claim(lease))
    this.#next = null
    if (head.state !== 'refused before') return head
    const result = await delivery.probe(printerId, this.#abort.signal)
    if (result) return { ...head, result }
    const probed = await ledger.claim(lease, true)
    return probed.state === 'refused before' ? { state: 'held' } : probed
  }

  async #print(lease: Lease, claimed: ClaimedJob): Promise<void> {
    const { delivery, checkpoint, ledger } = this.#options
    const { claim } = claimed
    await checkpoint('claimed')
    const result = await delivery.deliver(lease, claimed, this.#abort.signal)
    await checkpoint('delivered')
    await this.#record(claim, result, async () => {
      // A printer that took nothing may lose its queue to others first.
      if (this.#isStopping || result.outcome === 'not_sent') return ledger.record(claim, result)
      this.#next = await ledger.recordAndClaim(lease, claim, result)
    })
    await checkpoint('recorded')
    if (!claim.isAnswered) await this.#relieve(lease, claim.tries, result)
  }

  /** Nothing was sent, and nothing will be for a while: whoever else can print it may. */
  async #relieve(lease: Lease, tries: number, { outcome, next, reason }: DeliveryResult): Promise<void> {
    const { failover, refusalsMax, log, printerId } = this.#options
    const isRefused = outcome === 'not_sent' && next === 'retry' && reason !== null
    if (!isRefused || tries + 1 < refusalsMax) return
    const moved = await failover.relieve(lease.printerId)
    if (moved > 0) log.info({ printerId, moved }, 'queue moved to other printers')
  }

  /** The printer has a job that nobody waits for any more: until it has ended, it takes no other. */
  async #recover(lease: Lease, interruption: Interruption): Promise<void> {
    const { delivery, checkpoint } = this.#options
    const result = await delivery.recover(lease, interruption, this.#abort.signal)
    await checkpoint('recovered')
    await this.#record(interruption.claim, result, () =>
      this.#options.ledger.record(interruption.claim, result),
    )
    await checkpoint('recorded')
  }

  async #record(claim: Claim, result: DeliveryResult, write: () => Promise<void>): Promise<void> {
    const { log } = this.#options
    // The next holder of the lease asks the printer and goes on.
    if (result.isLeftOpen) return
    await untilRecorded(write, {
      signal: this.#abort.signal,
      onFailure: (error) => log.warn({ err: error, jobId: claim.jobId }, 'outcome not recorded yet'),
    })
  }
}
