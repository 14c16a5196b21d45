import { notSent, printed, unknownOutcome } from './delivery-result.ts'
import type { DeliveryResult } from './driver.ts'
import type { JobEnd } from './ipp-job-watch.ts'

interface Sent {
  readonly bytesOffered: number
  /** At most so many: what the kernel was given may have gone out. */
  readonly bytesWritten: number
  /** The printer has the whole document, as far as we know without asking. */
  readonly isWhole: boolean
  /** What was unusual about the sending, else empty. */
  readonly detail: string
}

/** What the end of a job at the printer says about paper. Pure. */
export function outcomeOf(end: JobEnd, { detail: oddity, isWhole, ...bytes }: Sent): DeliveryResult {
  if (end.phase === 'lost' || end.phase === 'left') {
    const detail = [oddity, end.words, 'it may have printed'].filter(Boolean).join('; ')
    const unknown = unknownOutcome({ ...bytes, detail })
    return end.phase === 'left' ? { ...unknown, isLeftOpen: true } : unknown
  }
  const detail = [oddity, `job ${end.phase}: ${end.words}`].filter(Boolean).join('; ')
  const ending = { ...bytes, detail }
  const hadWhole = isWhole || (end.kilooctets ?? 0) * 1024 >= bytes.bytesOffered
  if (end.phase === 'completed') return completed(hadWhole, ending)
  if (end.impressions > 0) {
    return unknownOutcome({ ...ending, detail: `${detail}; ${end.impressions} impressions came out` })
  }
  if (end.isTakenBack) return takenBack(hadWhole, ending)
  return unprinted(end.phase, { ...ending, isWhole })
}

type Ending = Omit<Sent, 'isWhole'>

/** Its document came after all, between our look and our word: how far it got, few printers count. */
function takenBack(hadWhole: boolean, ending: Ending): DeliveryResult {
  if (!hadWhole) return notSent({ ...ending, next: 'retry', reason: null })
  return unknownOutcome({ ...ending, detail: `${ending.detail}; it had the document when it was taken back` })
}

/** Some printers print what they have of a document whose connection ended, and call that completed. */
function completed(hadWhole: boolean, ending: Ending): DeliveryResult {
  if (hadWhole) return printed('confirmed', { ...ending, bytesWritten: ending.bytesOffered })
  return unknownOutcome({
    ...ending,
    detail: `${ending.detail}; it may have had only a part of the document`,
  })
}

function unprinted(phase: 'canceled' | 'aborted', { isWhole, ...ending }: Sent): DeliveryResult {
  if (phase === 'canceled') return notSent({ ...ending, next: 'cancel', reason: 'job-canceled-at-device' })
  const reason = isWhole ? 'aborted-by-system' : 'submission-interrupted'
  return notSent({ ...ending, next: 'fail', reason })
}
