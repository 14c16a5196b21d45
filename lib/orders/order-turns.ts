import { DomainError } from '../errors.ts'

/**
 * Transactions that lock the same order, one at a time in this process. The lock would order them as well, but each would
 * hold a connection of the database while it waits for it: a few callers with several requests for one order each would
 * have all connections, and everybody else none.
 */
export interface OrderTurns {
  /** In the order of calling. Throws `unavailable` when too many wait for that order, and what `work` throws. */
  take<T>(orderId: number, work: () => Promise<T>): Promise<T>
}

export function createOrderTurns({ waitingMax }: { readonly waitingMax: number }): OrderTurns {
  const lines = new Map<number, { last: Promise<unknown>; count: number }>()
  return {
    async take(orderId, work) {
      const line = lines.get(orderId) ?? { last: Promise.resolve(), count: 0 }
      if (line.count > waitingMax) {
        throw new DomainError('unavailable', 'too many requests wait for that order', { subject: 'order' })
      }
      lines.set(orderId, line)
      line.count += 1
      const turn = line.last.then(work)
      line.last = turn.catch(() => undefined)
      try {
        return await turn
      } finally {
        line.count -= 1
        if (line.count === 0) lines.delete(orderId)
      }
    },
  }
}
