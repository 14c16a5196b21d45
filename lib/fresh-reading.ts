import { withinTime } from './within-time.ts'

/** Whoever scrapes every second asks no more often than this. */
const FRESH_MS = 5_000
/** Prometheus gives a scrape up after 10 s, and all that it would have told with it. */
const ANSWER_MS = 2_000

export interface Reading<T> {
  readonly value: T
  /** Since it was taken: 5 s at most. */
  readonly ageSeconds: number
}

/** One reading for all who ask at about the same time. Rejects with `lateness` when it takes longer than 2 s. */
export function freshReading<T>(read: () => Promise<T>, lateness: string): () => Promise<Reading<T>> {
  let last: { readonly at: number; readonly value: T } | undefined
  let taking: Promise<{ readonly at: number; readonly value: T }> | undefined
  const take = async () => {
    try {
      const value = await read()
      last = { at: performance.now(), value }
      return last
    } finally {
      taking = undefined
    }
  }
  return async () => {
    const isFresh = last !== undefined && performance.now() - last.at < FRESH_MS
    const { at, value } = isFresh && last ? last : await withinTime((taking ??= take()), ANSWER_MS, lateness)
    return { value, ageSeconds: (performance.now() - at) / 1000 }
  }
}
