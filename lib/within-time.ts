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

/**
 * What `work` comes to, or the signal's reason once that is aborted; the work itself goes on. Leaves nothing at the signal: a
 * stream of events is read for weeks under one.
 */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason as Error)
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
