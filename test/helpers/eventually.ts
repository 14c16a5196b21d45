import { setImmediate as nextTurn } from 'node:timers/promises'

const LIMIT_MS = 15_000

/** Asks again until `check` answers something but undefined; fails after 15 s, or `limitMs`, with what it was waiting for. */
export async function eventually<T>(
  what: string,
  check: () => Promise<T | undefined> | T | undefined,
  limitMs = LIMIT_MS,
): Promise<T> {
  const end = performance.now() + limitMs
  while (performance.now() < end) {
    const found = await check()
    if (found !== undefined) return found
    await nextTurn()
  }
  throw new Error(`${what} did not happen within ${limitMs} ms`)
}
