import { setTimeout as delay } from 'node:timers/promises'

export interface BackoffLimits {
  readonly minMs: number
  readonly maxMs: number
}

/** Waits that double from failure to failure, each between half and the whole of it, so that clients don't call in step. */
export class Backoff {
  readonly #limits: BackoffLimits
  #nextMs: number

  constructor(limits: BackoffLimits) {
    this.#limits = limits
    this.#nextMs = limits.minMs
  }

  /** After a success the next wait is short again. */
  reset(): void {
    this.#nextMs = this.#limits.minMs
  }

  /** At least `leastMs`, where the server asked for it. Ends early when the signal aborts. */
  async wait(signal: AbortSignal, leastMs = 0): Promise<void> {
    const waitMs = Math.max(leastMs, this.#nextMs * (0.5 + Math.random() / 2))
    this.#nextMs = Math.min(this.#nextMs * 2, this.#limits.maxMs)
    await delay(waitMs, undefined, { signal }).catch(() => undefined)
  }
}
