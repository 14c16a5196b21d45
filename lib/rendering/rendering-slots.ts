import { DomainError } from '../errors.ts'

interface Turn {
  resolve(): void
  reject(reason: DomainError): void
}

/** So many go first, and then one that is wanted later: it is never left for good. */
const PASSED_MAX = 16

/**
 * Lets `slots` calls run at once, in the order of their coming, and `queueMax` wait. Those that are wanted later let the
 * others go first.
 *
 * Piscina has a queue of its own, but a task's clock would run while it waits there, and a task behind one that was
 * aborted can wait for good: with no minimum of threads nothing starts the next one (piscina 5.3).
 */
export class RenderingSlots {
  #free: number
  readonly #queueMax: number
  readonly #waiting: Turn[] = []
  readonly #waitingLater: Turn[] = []
  #passed = 0
  #isClosed = false

  constructor(slots: number, queueMax: number) {
    this.#free = slots
    this.#queueMax = queueMax
  }

  async run<T>(work: () => Promise<T>, { isLater = false } = {}): Promise<T> {
    await this.#take(isLater ? this.#waitingLater : this.#waiting)
    try {
      return await work()
    } finally {
      this.#giveBack()
    }
  }

  /** Whatever waits is refused, now and later. */
  close(): void {
    this.#isClosed = true
    for (const queue of [this.#waiting, this.#waitingLater]) {
      for (const { reject } of queue.splice(0)) reject(stopping())
    }
  }

  async #take(queue: Turn[]): Promise<void> {
    if (this.#isClosed) throw stopping()
    if (this.#free > 0) {
      this.#free -= 1
      return
    }
    if (this.#waiting.length + this.#waitingLater.length >= this.#queueMax) {
      throw new DomainError('unavailable', 'too many documents wait to be read')
    }
    await new Promise<void>((resolve, reject) => queue.push({ resolve, reject }))
  }

  #giveBack(): void {
    const next = this.#next()
    if (next === undefined) this.#free += 1
    else next.resolve()
  }

  #next(): Turn | undefined {
    const isTurnOfLater = this.#waiting.length === 0 || this.#passed >= PASSED_MAX
    const later = isTurnOfLater ? this.#waitingLater.shift() : undefined
    this.#passed = later !== undefined || this.#waitingLater.length === 0 ? 0 : this.#passed + 1
    return later ?? this.#waiting.shift()
  }
}

export function stopping(): DomainError {
  return new DomainError('unavailable', 'the server is stopping')
}
