/** Labels are looked at one after the other, so that other documents are read meanwhile: each is half a second of a worker. */
export interface ExaminationTurns {
  /** For somebody who waits: null at once behind many, or behind one that takes long. */
  takeSoon<T>(work: () => Promise<T>): Promise<T | null>
  /** For a job that is told later: null only behind more than a morning's. */
  take<T>(work: () => Promise<T>): Promise<T | null>
}

const SOON_WAITING_MAX = 8
/** They hold no document while they wait. */
const WAITING_MAX = 2_000
/** One document that is slow to draw must not hold up all that come after it. */
const SLOW_MS = 3_000

export function createExaminationTurns({
  slowMs = SLOW_MS,
  waitingMax = WAITING_MAX,
} = {}): ExaminationTurns {
  let last: Promise<unknown> = Promise.resolve()
  let waiting = 0
  let startedAt = Number.POSITIVE_INFINITY

  const take = async <T>(work: () => Promise<T>): Promise<T | null> => {
    if (waiting >= waitingMax) return null
    waiting += 1
    const turn = last
      .then(() => {
        startedAt = performance.now()
        return work()
      })
      .finally(() => {
        waiting -= 1
        startedAt = Number.POSITIVE_INFINITY
      })
    last = turn.catch(() => undefined)
    return turn
  }

  return {
    take,
    async takeSoon(work) {
      const isBehindSlow = performance.now() - startedAt > slowMs
      return waiting >= SOON_WAITING_MAX || isBehindSlow ? null : take(work)
    },
  }
}
