import { notSent, printed, unknownOutcome } from './delivery-result.ts'
import type { DeliveryResult } from './driver.ts'
import type { JobEnd } from './ipp-job-watch.ts'

interface Sent {
  readonly bytesOffered: number
  /** At most so many; in a recovery 0 unless the printer had said that it has them all. */
  readonly bytesWritten: number
  /** What was unusual about the sending, else empty. */
  readonly detail: string
}

/** What the end of a job at the printer says about paper. Pure. */
export function outcomeOf(end: JobEnd, { detail: oddity, ...bytes }: Sent): DeliveryResult {
  if (end.phase === 'lost' || end.phase === 'left') {
    const detail = [oddity, end.words, 'it may have printed'].filter(Boolean).join('; ')
    const unknown = unknownOutcome({ ...bytes, detail })
    return end.phase === 'left' ? { ...unknown, isLeftOpen: true } : unknown
  }
  const detail = [oddity, `job ${end.phase}: ${end.words}`].filter(Boolean).join('; ')
  const ending = { ...bytes, detail }
  if (end.phase === 'completed') return completed(end.kilooctets, ending)
  if (end.impressions > 0) {
    return unknownOutcome({ ...ending, detail: `${detail}; ${end.impressions} impressions came out` })
  }
  if (end.isTakenBack) return notSent({ ...ending, next: 'retry', reason: null })
  return unprinted(end.phase, ending)
}

/** Some printers print what they have of a document whose connection ended, and call that completed. */
function completed(kilooctets: number | null, ending: Sent): DeliveryResult {
  const { bytesOffered, bytesWritten, detail } = ending
  const isWhole = bytesWritten >= bytesOffered || (kilooctets ?? 0) * 1024 >= bytesOffered
  if (isWhole) return printed('confirmed', { ...ending, bytesWritten: bytesOffered })
  return unknownOutcome({ ...ending, detail: `${detail}; it may have had only a part of the document` })
}

function unprinted(phase: 'canceled' | 'aborted', ending: Sent): DeliveryResult {
  if (phase === 'canceled') return notSent({ ...ending, next: 'cancel', reason: 'job-canceled-at-device' })
  const isCutShort = ending.bytesWritten < ending.bytesOffered
  const reason = isCutShort ? 'submission-interrupted' : 'aborted-by-system'
  return notSent({ ...ending, next: 'fail', reason })
}
