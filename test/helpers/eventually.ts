import { setTimeout as pause } from 'node:timers/promises'

const LIMIT_MS = 15_000
/** Between two questions, of the time waited so far: to ask without one takes the processor from what is waited for. */
const PAUSE_PART = 1 / 10
const PAUSE_MS_MAX = 25

/** Asks again until `check` answers something but undefined; fails after 15 s, or `limitMs`, with what it was waiting for. */
export async function eventually<T>(
  what: string,
  check: () => Promise<T | undefined> | T | undefined,
  limitMs = LIMIT_MS,
): Promise<T> {
  const startedAt = performance.now()
  const end = startedAt + limitMs
  while (performance.now() < end) {
    const found = await check()
    if (found !== undefined) return found
    await pause(Math.min((performance.now() - startedAt) * PAUSE_PART, PAUSE_MS_MAX))
  }
  throw new Error(`${what} did not happen within ${limitMs} ms`)
}
