import { WakeSignal } from '../print-jobs/wake-signal.ts'
import type { DeliveriesService } from './deliveries-service.ts'
import type { DeliveryClaim, DeliveryOutcome, EndedDelivery } from './delivery.ts'

export interface PumpOptions {
  readonly deliveries: Pick<DeliveriesService, 'proceed'>
  /** Makes one attempt. */
  attempt(claim: DeliveryClaim): Promise<DeliveryOutcome>
  /** Its outcome is committed. */
  onRecorded(ended: EndedDelivery): void
  onError(error: unknown, webhookNumber: number): void
}

/** One slow receiver occupies one turn; with so many of them the next has to wait. */
const TURNS_MAX = 64
/** After so many attempts, the others that wait come first. */
const ATTEMPTS_PER_TURN = 100
/** More claims are refused anyway: lib/webhooks/deliveries-service.ts. */
const UNDER_WAY_MAX = 4
/** Requests that end so close to each other are recorded together. */
const GATHER_MS = 3
/** A request that is under way ends before. */
const WAIT_MAX_MS = 60_000

/**
 * Sends what is due, webhook by webhook. Each has its own turn with a few requests at a time, so that a receiver that
 * is slow or hangs holds up nobody but itself.
 */
export class WebhookPumps {
  readonly #options: PumpOptions
  readonly #turns = new Map<number, { readonly turn: Turn; readonly ended: Promise<void> }>()
  /** A set keeps the order of its members: who came first is first. */
  readonly #waiting = new Set<number>()
  #isStopping = false

  constructor(options: PumpOptions) {
    this.#options = options
  }

  /** Something is due for that webhook. */
  wake(webhookNumber: number): void {
    if (this.#isStopping) return
    const running = this.#turns.get(webhookNumber)
    if (running) return running.turn.wake()
    this.#waiting.add(webhookNumber)
    this.#startNext()
  }

  /** Claims nothing more and waits for the requests that are under way: 5 s at most. */
  async stop(): Promise<void> {
    this.#isStopping = true
    this.#waiting.clear()
    const running = [...this.#turns.values()]
    for (const { turn } of running) turn.stop()
    await Promise.all(running.map(({ ended }) => ended))
  }

  #startNext(): void {
    const [webhookNumber] = this.#waiting
    if (webhookNumber === undefined || this.#turns.size >= TURNS_MAX) return
    this.#waiting.delete(webhookNumber)
    const turn = new Turn(webhookNumber, this.#options)
    this.#turns.set(webhookNumber, { turn, ended: this.#run(turn) })
  }

  async #run(turn: Turn): Promise<void> {
    const { webhookNumber } = turn
    await turn.run()
    this.#turns.delete(webhookNumber)
    if (turn.hasMore) this.wake(webhookNumber)
    this.#startNext()
  }
}

/** One webhook's turn: claims and sends until nothing is due. What has ended is recorded in one go with the next claims. */
class Turn {
  readonly webhookNumber: number
  readonly #options: PumpOptions
  readonly #signal = new WakeSignal()
  #ended: EndedDelivery[] = []
  #underWay = 0
  #attemptsLeft = ATTEMPTS_PER_TURN
  /** As long as the last look found all that it asked for, or a wake came after it. */
  #mayHaveMore = true
  #isStopping = false

  constructor(webhookNumber: number, options: PumpOptions) {
    this.webhookNumber = webhookNumber
    this.#options = options
  }

  /** Once it has ended: its attempts were used up, or a wake came too late for it. */
  get hasMore(): boolean {
    return !this.#isStopping && (this.#mayHaveMore || this.#attemptsLeft <= 0)
  }

  async run(): Promise<void> {
    while (this.#canProceed || this.#underWay > 0) {
      try {
        if (this.#canProceed) await this.#proceed()
        else await this.#signal.wait(WAIT_MAX_MS)
      } catch (error) {
        // Nothing can be claimed or recorded; what is left is found again as overdue.
        this.stop()
        this.#options.onError(error, this.webhookNumber)
      }
    }
  }

  wake(): void {
    this.#mayHaveMore = true
    this.#signal.wake()
  }

  stop(): void {
    this.#isStopping = true
    this.#signal.wake()
  }

  get #canProceed(): boolean {
    return this.#ended.length > 0 || (this.#mayHaveMore && this.#claimsMax > 0)
  }

  get #claimsMax(): number {
    return this.#isStopping ? 0 : Math.min(UNDER_WAY_MAX - this.#underWay, this.#attemptsLeft)
  }

  async #proceed(): Promise<void> {
    if (this.#ended.length > 0) await this.#gather()
    const ended = this.#ended.splice(0)
    const claimsMax = this.#claimsMax
    this.#mayHaveMore = false
    const claims = await this.#options.deliveries.proceed(this.webhookNumber, { ended, claimsMax })
    if (claimsMax > 0 && claims.length === claimsMax) this.#mayHaveMore = true
    this.#attemptsLeft -= claims.length
    for (const claim of claims) void this.#attempt(claim)
    for (const one of ended) this.#options.onRecorded(one)
  }

  async #gather(): Promise<void> {
    const until = performance.now() + GATHER_MS
    while (this.#underWay > 0 && performance.now() < until) {
      await this.#signal.wait(until - performance.now())
    }
  }

  /** Never rejects. */
  async #attempt(claim: DeliveryClaim): Promise<void> {
    this.#underWay += 1
    try {
      this.#ended.push({ claim, outcome: await this.#options.attempt(claim) })
    } catch (error) {
      this.stop()
      this.#options.onError(error, this.webhookNumber)
    } finally {
      this.#underWay -= 1
      this.#signal.wake()
    }
  }
}
