import { DomainError } from '../errors.ts'

/** Clients that wait for jobs in this process, by station. */
export interface StationWaiters {
  /**
   * Joins the end of the station's line. Throws `unavailable` when this process has as many waiting as it may. A
   * wake-up that comes before `woken` is called isn't lost.
   */
  join(stationId: string, printerId: string | null): Waiter
  /** The first one in the line that takes any printer's jobs, and the first one that takes that printer's alone. */
  wake(stationId: string, printerId?: string): void
  /** The first one of any printer's, and the first one of each printer's: of one station, or of all. */
  wakeForAll(stationId?: string): void
}

export interface Waiter {
  /** True when woken, false when the time is over or the signal aborted. */
  woken(timeoutMs: number, signal: AbortSignal): Promise<boolean>
  /** Idempotent. A wake-up that wasn't used goes to the next in the line. */
  leave(): void
}

interface Place {
  readonly printerId: string | null
  isWoken: boolean
  wake(): void
}

export function createStationWaiters({ waitersMax }: { waitersMax: number }): StationWaiters {
  const lines = new Map<string, Set<Place>>()
  let count = 0

  /** One of each kind that is wanted. One that was woken already will look for itself. */
  const wakeFirst = (stationId: string, isWanted: (printerId: string | null) => boolean): void => {
    const isServed = new Set<string | null>()
    for (const place of lines.get(stationId) ?? []) {
      if (place.isWoken || isServed.has(place.printerId) || !isWanted(place.printerId)) continue
      isServed.add(place.printerId)
      place.isWoken = true
      place.wake()
    }
  }

  const remove = (stationId: string, place: Place): void => {
    const line = lines.get(stationId)
    if (!line?.delete(place)) return
    count -= 1
    if (line.size === 0) lines.delete(stationId)
    if (place.isWoken) wakeFirst(stationId, (printerId) => printerId === place.printerId)
  }

  return {
    join(stationId, printerId) {
      if (count >= waitersMax) {
        throw new DomainError('unavailable', 'too many clients wait for jobs here', { subject: 'station' })
      }
      count += 1
      const place: Place = { printerId, isWoken: false, wake: () => undefined }
      const line = lines.get(stationId) ?? new Set()
      lines.set(stationId, line.add(place))
      return {
        async woken(timeoutMs, signal) {
          if (!place.isWoken && !signal.aborted) await wakeUp(place, timeoutMs, signal)
          const wasWoken = place.isWoken
          if (!signal.aborted) place.isWoken = false
          return wasWoken && !signal.aborted
        },
        leave: () => remove(stationId, place),
      }
    },
    wake: (stationId, printerId) => wakeFirst(stationId, (wanted) => wanted === null || wanted === printerId),
    wakeForAll: (stationId) => {
      for (const id of stationId === undefined ? [...lines.keys()] : [stationId]) wakeFirst(id, () => true)
    },
  }
}

function wakeUp(place: Place, timeoutMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      place.wake = () => undefined
      resolve()
    }
    const timer = setTimeout(end, timeoutMs)
    signal.addEventListener('abort', end)
    place.wake = end
  })
}
