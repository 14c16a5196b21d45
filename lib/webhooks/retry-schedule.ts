const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS

/** contracts/cloud-printing.md, section 7: after the first attempt, the second, … */
export const RETRY_DELAYS_MS: readonly number[] = [
  5 * SECOND_MS,
  30 * SECOND_MS,
  2 * MINUTE_MS,
  10 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  6 * HOUR_MS,
  12 * HOUR_MS,
  24 * HOUR_MS,
]

const RETRY_AFTER_MAX_MS = 24 * HOUR_MS
/** So that receivers which were down together aren't asked together. */
const JITTER = 0.2

export interface FailedTry {
  /** How many tries have failed by now, this one included. */
  readonly tries: number
  /** What the receiver asked for; null without a wish. */
  readonly retryAfterMs: number | null
}

/** How long to wait before the next try; null: there is none. `random` is in [0, 1). */
export function retryDelayMs(
  { tries, retryAfterMs }: FailedTry,
  delaysMs: readonly number[] = RETRY_DELAYS_MS,
  random: number = Math.random(),
): number | null {
  const delayMs = delaysMs[tries - 1]
  if (delayMs === undefined) return null
  const jittered = delayMs * (1 + JITTER * (2 * random - 1))
  return Math.round(Math.max(jittered, Math.min(retryAfterMs ?? 0, RETRY_AFTER_MAX_MS)))
}

/** Of RFC 9110, section 10.2.3: seconds or a date. It counts with 429 and 503 alone. */
export function readRetryAfterMs(status: number, header: string | undefined, now: Date): number | null {
  if ((status !== 429 && status !== 503) || header === undefined) return null
  if (/^\d{1,10}$/.test(header)) return Number(header) * SECOND_MS
  const time = Date.parse(header)
  return Number.isNaN(time) ? null : Math.max(0, time - now.getTime())
}
