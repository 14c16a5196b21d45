import type { DeliveryOutcome, DeliveryResult } from './driver.ts'

interface Ending {
  readonly bytesOffered: number
  /** At most so many left the server: what the kernel was given may have gone out. */
  readonly bytesWritten: number
  readonly detail: string
  readonly stateReasons?: readonly string[]
}

interface Refusal extends Omit<Ending, 'bytesWritten'> {
  readonly bytesWritten?: number
  readonly next: DeliveryResult['next']
  readonly reason: string | null
}

/** Nothing was printed, as far as anyone can know. */
export function notSent(refusal: Refusal): DeliveryResult {
  return { outcome: 'not_sent', bytesWritten: 0, stateReasons: [], ...refusal }
}

/** The printer couldn't be reached, so the queue is held. */
export function unreachable(bytesOffered: number, detail: string): DeliveryResult {
  return notSent({ bytesOffered, detail, next: 'retry', reason: 'connecting-to-device' })
}

/** It may have printed: `next` is `fail`, since it must never be sent again by itself. */
export function unknownOutcome(ending: Ending): DeliveryResult {
  return ended('unknown', ending, 'outcome-unknown')
}

export function printed(outcome: 'sent' | 'confirmed', ending: Ending): DeliveryResult {
  return ended(outcome, ending, null)
}

function ended(outcome: DeliveryOutcome, ending: Ending, reason: string | null): DeliveryResult {
  return { outcome, next: 'fail', reason, stateReasons: [], ...ending }
}
