import { setTimeout as pause } from 'node:timers/promises'

/** Between two looks: of many that look at once, each leaves the server to the others. */
const PACE_MS = 100

/** As `eventually`, and not as fast as it can. */
export async function looksFor<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  limitMs: number,
): Promise<T> {
  const end = performance.now() + limitMs
  for (let found = await look(); ; found = await look()) {
    if (found !== undefined) return found
    if (performance.now() > end) throw new Error(`${what} did not happen within ${limitMs} ms`)
    await pause(PACE_MS)
  }
}
