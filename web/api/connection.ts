import { signal } from '@preact/signals'
import { BASE } from './request.ts'

/** Whether the server answers. A page shows it at once, and keeps what is asked meanwhile. */
export const isConnected = signal(true)

const PING_EVERY_MS = 4_000
const PING_WITHIN_MS = 4_000

/** Somebody found out: a call without an answer, a stream that ended, the browser itself. */
export function reportLost(): void {
  isConnected.value = false
}

export function reportAnswered(): void {
  isConnected.value = true
}

/** Asks again and again whether the server is there: a cable that is pulled out closes no connection. */
export function watchConnection(): void {
  window.addEventListener('offline', reportLost)
  window.addEventListener('online', () => void ping())
  setInterval(() => void ping(), PING_EVERY_MS)
}

async function ping(): Promise<void> {
  try {
    const answer = await fetch(`${BASE}/readyz`, {
      signal: AbortSignal.timeout(PING_WITHIN_MS),
      cache: 'no-store',
    })
    if (answer.ok) reportAnswered()
    else reportLost()
  } catch {
    reportLost()
  }
}
