import type { DeliveryResult } from '../delivery/driver.ts'
import { mayHold, reasonText } from './job-state.ts'
import type { JobState } from './ledger-store.ts'

/** Of a job whose process ended while it was sent to a printer that can't be asked. */
export const INTERRUPTED: JobState = {
  status: 'failed',
  reason: reasonText(
    'outcome-unknown',
    'the server stopped while the document was being sent: it may have printed',
  ),
  stateReasons: [],
  retryInMs: null,
}

export const COMMAND_INTERRUPTED = reasonText(
  'outcome-unknown',
  'the server stopped while the command was being sent: it may have been carried out',
)

export function lapsedState(claimedBy: string, since: Date): JobState {
  const text = `${claimedBy} had it since ${since.toISOString()} and fell silent: it may have printed`
  return { ...INTERRUPTED, reason: reasonText('claim-timeout', text) }
}

/** Whoever waits for an answer is told what is the matter. What the server itself broke off is taken up again. */
export function answered(result: DeliveryResult): DeliveryResult {
  const isPrinters = result.outcome === 'not_sent' && result.reason !== null
  return isPrinters && result.next === 'retry' ? { ...result, next: 'fail' } : result
}

/** What follows by itself from how a delivery ended: contracts/printing.md, "Outcome: the ledger". Pure. */
export function stateAfter(result: DeliveryResult, retryMs: number): JobState {
  const end = { stateReasons: [], retryInMs: null }
  if (result.outcome === 'sent' || result.outcome === 'confirmed')
    return { ...end, status: 'completed', reason: null }
  if (result.outcome === 'unknown') {
    return {
      ...end,
      status: 'failed',
      reason: reasonText('outcome-unknown', doubtful(result.detail)),
    }
  }
  switch (result.next) {
    case 'retry':
      return { status: 'queued', reason: null, stateReasons: heldBy(result), retryInMs: retryMs }
    case 'cancel':
      return { ...end, status: 'canceled', reason: keyed('job-canceled-at-device', result) }
    case 'fail':
      return { ...end, status: 'failed', reason: keyed('aborted-by-system', result) }
  }
}

/**
 * By the times between tries a minute and a half: longer than whatever passes by itself is likely to take, and short enough
 * for those who wait behind that job.
 */
const OWN_FAILURES_MAX = 10

/** What the server itself fails to send again and again is given up, or it would hold its printer's queue until it expires. */
export function unlessHopeless(result: DeliveryResult, earlierFailures: number): DeliveryResult {
  const count = earlierFailures + 1
  if (count < OWN_FAILURES_MAX) return result
  const detail = `${result.detail}, for the ${count}th time: it is given up, and nothing was printed`
  return { ...result, next: 'fail', reason: 'aborted-by-system', detail }
}

/** A server that stops with a job now and then is no job's doing: it is killed, or its machine fails. */
const STOPS_IN_A_ROW_MAX = 20
/** From the second on the job waits before it is tried again, up to five minutes by the usual times. */
const STOPS_AT_ONCE_MAX = 1
const STOPS_RETRY_FACTOR = 20

/**
 * What follows for a job when the server has stopped before its first byte, `stops` times in a row; null: nothing. A job that
 * takes its process down each time would hold its printer's queue, and the server, until it expires. But a server that is
 * ended again and again for other reasons must not cost a job: any attempt that ends otherwise begins the row anew, and the job
 * waits longer each time, from when a server runs again. So the server has ended with it over and over, for an hour, before it
 * is given up: long enough for somebody to hear the alarms and mend a server that has too little memory for any job.
 */
export function stateAfterStops(stops: number, timing: RetryTiming): JobState | null {
  if (stops <= STOPS_AT_ONCE_MAX) return null
  if (stops < STOPS_IN_A_ROW_MAX) {
    const retryMaxMs = timing.retryMaxMs * STOPS_RETRY_FACTOR
    return {
      status: 'queued',
      reason: null,
      stateReasons: [],
      retryInMs: retryInMs(stops, { ...timing, retryMaxMs }),
    }
  }
  const text = `the server stopped while it prepared this job, ${stops} times in a row: it is given up, and nothing was printed`
  return {
    status: 'failed',
    reason: reasonText('aborted-by-system', text),
    stateReasons: [],
    retryInMs: null,
  }
}

export interface RetryTiming {
  readonly retryMinMs: number
  readonly retryMaxMs: number
}

/** Doubles with each try; the jitter keeps the printers of a switched-off room from being called in step. */
export function retryInMs(tries: number, { retryMinMs, retryMaxMs }: RetryTiming): number {
  const fullMs = Math.min(retryMaxMs, retryMinMs * 2 ** Math.min(tries, 20))
  return fullMs * (0.75 + Math.random() / 2)
}

/** Whatever a driver knows, a person must read this. */
function doubtful(detail: string): string {
  return detail.includes('may have printed') ? detail : `${detail}; it may have printed`
}

/** What keeps it waiting: keywords of contracts/cloud-printing.md, "Reasons". */
export function heldBy({ reason, stateReasons }: DeliveryResult): readonly string[] {
  const isHolding = reason !== null && mayHold(reason)
  return [...new Set([...(isHolding ? [reason] : []), ...stateReasons])]
}

function keyed(fallback: string, { reason, detail }: DeliveryResult): string {
  return reasonText((reason ?? fallback) as Parameters<typeof reasonText>[0], detail)
}
