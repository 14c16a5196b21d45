import type { IncomingMessage } from 'node:http'

/** Ordinary requests never wait for room: as many as a server has connections are 313 MiB. */
export const ROOMLESS_BYTES_MAX = 65_536

/** Bytes of bodies that a process holds at once: what comes beyond waits on its connection, unread. */
export interface BodyBudget {
  /** Room for that many bytes, to be given back; null when there was none in time. Of one caller first come, first served. */
  enter(caller: string, bytes: number): Promise<(() => void) | null>
}

export interface BodyBudgetLimits {
  readonly callerBytes: number
  readonly totalBytes: number
  readonly waitMs: number
  readonly waitersMax: number
}

interface Waiting {
  readonly caller: string
  readonly bytes: number
  readonly end: (isIn: boolean) => void
}

/** A body as large as a caller's share, or smaller, gets in when the others have gone. */
export function createBodyBudget({
  callerBytes,
  totalBytes,
  waitMs,
  waitersMax,
}: BodyBudgetLimits): BodyBudget {
  const held = new Map<string, number>()
  const waiting = new Set<Waiting>()
  let total = 0

  const add = (caller: string, bytes: number): void => {
    const rest = (held.get(caller) ?? 0) + bytes
    total += bytes
    if (rest > 0) held.set(caller, rest)
    else held.delete(caller)
  }
  const fits = (caller: string, bytes: number): boolean =>
    (held.get(caller) ?? 0) + bytes <= callerBytes && total + bytes <= totalBytes

  /** One that doesn't fit is not overtaken by its caller's others, or it would wait for ever. */
  const admitWaiting = (): void => {
    const isBehind = new Set<string>()
    for (const { caller, bytes, end } of waiting) {
      if (!isBehind.has(caller) && fits(caller, bytes)) end(true)
      else isBehind.add(caller)
    }
  }
  const wait = (caller: string, bytes: number): Promise<boolean> =>
    new Promise((resolve) => {
      const place: Waiting = {
        caller,
        bytes,
        end(isIn) {
          clearTimeout(timer)
          waiting.delete(place)
          if (isIn) add(caller, bytes)
          resolve(isIn)
        },
      }
      const timer = setTimeout(() => {
        place.end(false)
        admitWaiting()
      }, waitMs)
      waiting.add(place)
    })

  return {
    async enter(caller, bytes) {
      const hasToWait = !fits(caller, bytes) || [...waiting].some((other) => other.caller === caller)
      if (!hasToWait) add(caller, bytes)
      else if (waiting.size >= waitersMax || !(await wait(caller, bytes))) return null
      let isHeld = true
      return () => {
        if (!isHeld) return
        isHeld = false
        add(caller, -bytes)
        admitWaiting()
      }
    },
  }
}

/** What it says of its length; as much as it may have when it says nothing, or more than that. */
export function announcedBytes({ headers }: IncomingMessage, bytesMax: number): number {
  const length = Number(
    headers['content-length'] ?? (headers['transfer-encoding'] === undefined ? 0 : bytesMax),
  )
  return Number.isFinite(length) ? Math.min(length, bytesMax) : bytesMax
}
