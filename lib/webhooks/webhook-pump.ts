import type { DeliveriesService } from './deliveries-service.ts'
import type { DeliveryClaim } from './delivery.ts'

export interface PumpOptions {
  readonly deliveries: Pick<DeliveriesService, 'claim'>
  /** Makes one attempt and records it. */
  deliver(claim: DeliveryClaim): Promise<void>
  onError(error: unknown, webhookNumber: number): void
}

/** One slow receiver occupies one turn; with so many of them the next has to wait. */
const TURNS_MAX = 64
/** After so many attempts, the others that wait come first. */
const ATTEMPTS_PER_TURN = 100
/** More claims are refused anyway: lib/webhooks/deliveries-service.ts. */
const LANES_MAX = 4

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
    do await turn.run()
    while (turn.isBusy)
    this.#turns.delete(webhookNumber)
    if (turn.isCutShort) this.wake(webhookNumber)
    this.#startNext()
  }
}

/** One webhook's turn: lanes that claim and send until nothing is due. */
class Turn {
  readonly webhookNumber: number
  readonly #options: PumpOptions
  readonly #lanes = new Set<Promise<void>>()
  #attemptsLeft = ATTEMPTS_PER_TURN
  #isStopping = false
  #hasMissedWake = false

  constructor(webhookNumber: number, options: PumpOptions) {
    this.webhookNumber = webhookNumber
    this.#options = options
  }

  get isBusy(): boolean {
    return this.#lanes.size > 0
  }

  /** There may be more to send. */
  get isCutShort(): boolean {
    return this.#attemptsLeft <= 0 && !this.#isStopping
  }

  async run(): Promise<void> {
    this.wake()
    while (this.#lanes.size > 0) await Promise.race(this.#lanes)
  }

  /** One lane more looks for something to send, if there may be more. */
  wake(): void {
    if (this.#isStopping) return
    if (this.#lanes.size >= LANES_MAX || this.#attemptsLeft <= 0) {
      this.#hasMissedWake = true
      return
    }
    const lane: Promise<void> = this.#lane()
      .catch((error: unknown) => {
        // Nothing can be claimed or recorded; what is left is found again as overdue.
        this.stop()
        this.#options.onError(error, this.webhookNumber)
      })
      .finally(() => this.#lanes.delete(lane))
    this.#lanes.add(lane)
  }

  stop(): void {
    this.#isStopping = true
  }

  /** A wake that came while every lane was busy, perhaps with a look that was too early. */
  #takeMissedWake(): boolean {
    const hasMissedWake = this.#hasMissedWake
    this.#hasMissedWake = false
    return hasMissedWake
  }

  async #lane(): Promise<void> {
    while (!this.#isStopping && this.#attemptsLeft > 0) {
      this.#attemptsLeft -= 1
      const claim = await this.#options.deliveries.claim(this.webhookNumber)
      if (!claim) {
        this.#attemptsLeft += 1
        if (this.#takeMissedWake()) continue
        return
      }
      // What one lane found may have company.
      this.wake()
      await this.#options.deliver(claim)
    }
  }
}
