import type { SeenLease } from './lease-store.ts'

/** A process forgets what it saw beyond that: it then waits a grace more. */
const SEEN_MAX = 10_000

interface Sight {
  readonly orphan: SeenLease
  /** Of `performance.now()`. */
  readonly sinceMs: number
}

/**
 * Since when this process has seen leases whose holders aren't connected. A process that lives may lose its connection: it comes
 * back within milliseconds, and where it can't, it renews its leases by another one. Only of a lease that is still the very
 * same after the grace, and still without its holder, that holder may be taken for dead.
 */
export class OrphanedLeases {
  readonly #graceMs: number
  /** By printer. */
  readonly #sights = new Map<string, Sight>()

  constructor(graceMs: number) {
    this.#graceMs = graceMs
  }

  /** The printer's lease that may be taken if it is still the same. */
  lapsed(printerId: string): SeenLease | null {
    const sight = this.#sights.get(printerId)
    return sight && this.#remainingMs(sight) <= 0 ? sight.orphan : null
  }

  /** Keeps what a look has shown; null: no such lease. Answers in how many ms another one may take it, null likewise. */
  see(printerId: string, orphan: SeenLease | null): number | null {
    if (!orphan) {
      this.#sights.delete(printerId)
      return null
    }
    const known = this.#sights.get(printerId)
    if (known && isSame(known.orphan, orphan)) return Math.max(Math.ceil(this.#remainingMs(known)), 0)
    if (this.#sights.size >= SEEN_MAX) this.#sights.clear()
    this.#sights.set(printerId, { orphan, sinceMs: performance.now() })
    return this.#graceMs
  }

  #remainingMs({ sinceMs }: Sight): number {
    return sinceMs + this.#graceMs - performance.now()
  }
}

function isSame(one: SeenLease, other: SeenLease): boolean {
  return one.fence === other.fence && one.expiresAt === other.expiresAt
}
