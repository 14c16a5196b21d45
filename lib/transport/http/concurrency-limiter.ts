/** How many requests a caller has in progress, in this process. */
export interface ConcurrencyLimiter {
  readonly limit: number
  /** A place, to be given back; null when the caller has as many as it may. */
  enter(caller: string): Place | null
  current(caller: string): number
}

export interface Place {
  /** Requests in progress, this one included. */
  readonly current: number
  /** Idempotent. */
  leave(): void
}

/** Null for a limit of 0: nothing is limited. */
export function createConcurrencyLimiter(limit: number): ConcurrencyLimiter | null {
  if (limit === 0) return null
  const inProgress = new Map<string, number>()
  const current = (caller: string): number => inProgress.get(caller) ?? 0
  const leave = (caller: string): void => {
    const rest = current(caller) - 1
    if (rest > 0) inProgress.set(caller, rest)
    else inProgress.delete(caller)
  }
  return {
    limit,
    current,
    enter(caller) {
      const taken = current(caller) + 1
      if (taken > limit) return null
      inProgress.set(caller, taken)
      let isIn = true
      return {
        current: taken,
        leave() {
          if (isIn) leave(caller)
          isIn = false
        },
      }
    },
  }
}
