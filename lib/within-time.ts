import { setTimeout as delay } from 'node:timers/promises'

/** What `work` comes to, or an Error with `lateness` after `limitMs`. The work itself goes on: whoever asks next may wait for it too. */
export async function withinTime<T>(work: Promise<T>, limitMs: number, lateness: string): Promise<T> {
  const early = new AbortController()
  const limit = delay(limitMs, undefined, { signal: early.signal }).then(() => {
    throw new Error(lateness)
  })
  try {
    return await Promise.race([work, limit])
  } finally {
    limit.catch(() => undefined)
    work.catch(() => undefined)
    early.abort()
  }
}
