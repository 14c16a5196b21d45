import { DomainError } from '../errors.ts'

interface Turn {
  resolve(): void
  reject(reason: DomainError): void
}

/**
 * Lets `slots` calls run at once, in the order of their coming, and `queueMax` wait.
 *
 * Piscina has a queue of its own, but a task's clock would run while it waits there, and a task behind one that was
 * aborted can wait for good: with no minimum of threads nothing starts the next one (piscina 5.3).
 */
export class RenderingSlots {
  #free: number
  readonly #queueMax: number
  readonly #waiting: Turn[] = []
  #isClosed = false

  constructor(slots: number, queueMax: number) {
    this.#free = slots
    this.#queueMax = queueMax
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.#take()
    try {
      return await work()
    } finally {
      this.#giveBack()
    }
  }

  /** Whatever waits is refused, now and later. */
  close(): void {
    this.#isClosed = true
    for (const { reject } of this.#waiting.splice(0)) reject(stopping())
  }

  async #take(): Promise<void> {
    if (this.#isClosed) throw stopping()
    if (this.#free > 0) {
      this.#free -= 1
      return
    }
    if (this.#waiting.length >= this.#queueMax) {
      throw new DomainError('unavailable', 'too many documents wait to be read')
    }
    await new Promise<void>((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }

  #giveBack(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#free += 1
    else next.resolve()
  }
}

export function stopping(): DomainError {
  return new DomainError('unavailable', 'the server is stopping')
}
