import { notSent, unreachable } from './delivery-result.ts'
import type { DeliveryResult } from './driver.ts'
import { wordsOf } from './ipp-client.ts'
import type { IppDecodeError } from './ipp-decoder.ts'
import type { IppMessage } from './ipp-message.ts'
import type { IppPrinterDescription } from './ipp-printer-description.ts'
import { attentionReason, type IppPrinterState } from './ipp-printer-state.ts'
import { STATUS, statusClass, statusText } from './ipp-status.ts'
import { IppTransportError, type IppTransportFailure } from './ipp-transport-error.ts'
import { stateReasonWords } from './state-reason-words.ts'

/** What the printer had of the document when it said no. */
export interface Offer {
  readonly bytesOffered: number
  readonly bytesWritten: number
}

/** Ends that the printer has no part in. */
const OURS = new Set<IppTransportFailure>(['aborted', 'forbidden'])

/**
 * HTTP statuses of a web server that never handed the request to the printer. Others, such as 408 or 502, may come after
 * a part of the document has.
 */
const HTTP_REFUSALS = new Set<number | null>([401, 403, 404, 405, 411, 413, 415, 426])

const HTTP_WORDS: ReadonlyMap<number, string> = new Map([
  [401, 'the printer refused the user name and password'],
  [403, 'the printer forbids it to this user'],
  [404, 'nothing answers IPP at this path'],
  [413, 'the document is too large for the printer'],
  [426, 'the printer demands TLS: its URI must be ipps'],
])

/** The same in IPP's own words: what somebody has to set right holds the queue until then. */
const ACCESS_REFUSALS = new Set<number>([STATUS.forbidden, STATUS.notAuthenticated, STATUS.notAuthorized])

/** A printer that answered without telling how it is: a wrong path at a print server, most often. */
export function stateUntold(answer: IppMessage, bytesOffered: number): DeliveryResult {
  return unreachable(bytesOffered, `the printer does not tell its state: ${statusAndWords(answer)}`)
}

/** A printer that can't work now, in plain words; undefined when it can. */
export function heldByState(state: IppPrinterState, offer: Offer): DeliveryResult | undefined {
  if (!state.isStopped && state.isAccepting) return undefined
  const words = state.isStopped ? 'the printer is stopped' : 'the printer accepts no jobs'
  return held(state, offer, words)
}

/** A printer that waits for a person in the middle of a job. */
export function troubleAtWork(state: IppPrinterState, offer: Offer): DeliveryResult | null {
  const isWaiting = state.isProcessing && attentionReason(state.stateReasons) !== undefined
  return isWaiting ? held(state, offer, 'the printer is busy with another job') : null
}

/** What the printer's own description says against a job. */
export function unfitFor(
  { state, abilities }: IppPrinterDescription,
  { mediaType, copies }: { readonly mediaType: string; readonly copies: number },
  offer: Offer,
): DeliveryResult | undefined {
  const refused = { ...offer, next: 'fail', stateReasons: state.stateReasons } as const
  if (abilities.formats.length > 0 && !abilities.formats.includes(mediaType)) {
    return notSent({
      ...refused,
      reason: 'document-format-error',
      detail: `the printer takes no ${mediaType}`,
    })
  }
  if (copies > abilities.copiesMax) {
    const detail = `${copies} copies asked of a printer that makes at most ${abilities.copiesMax}`
    return notSent({ ...refused, reason: 'aborted-by-system', detail })
  }
  return undefined
}

/** An IPP status that says that nothing was taken. */
export function refusedByStatus(response: IppMessage, state: IppPrinterState, offer: Offer): DeliveryResult {
  const detail = statusAndWords(response)
  const { stateReasons } = state
  if (statusClass(response.code) === 'retry') return held(state, offer, detail)
  if (ACCESS_REFUSALS.has(response.code)) {
    const words = `${detail}: the printer forbids it to this user`
    return { ...unreachable(offer.bytesOffered, words), bytesWritten: offer.bytesWritten }
  }
  if (response.code === STATUS.jobCanceled)
    return notSent({ ...offer, next: 'cancel', reason: 'job-canceled-at-device', detail, stateReasons })
  const reason = isAboutFormat(response) ? 'document-format-error' : 'aborted-by-system'
  return notSent({ ...offer, next: 'fail', reason, detail, stateReasons })
}

/** No IPP answer, at a time when nothing of the document can have been taken. */
export function refusedByError(error: IppTransportError | IppDecodeError, offer: Offer): DeliveryResult {
  if (error instanceof IppTransportError && OURS.has(error.failure)) {
    return notSent({ ...offer, next: 'retry', reason: null, detail: error.message })
  }
  const detail = explain(error)
  if (error instanceof IppTransportError && error.isForGood) {
    return notSent({ ...offer, next: 'fail', reason: 'aborted-by-system', detail })
  }
  return { ...unreachable(offer.bytesOffered, detail), bytesWritten: offer.bytesWritten }
}

/** True for an HTTP answer that says that the printer never saw the request. */
export function isHttpRefusal(error: IppTransportError | IppDecodeError): boolean {
  return error instanceof IppTransportError && HTTP_REFUSALS.has(error.statusCode)
}

/** `server-error-busy (0x0507): the printer is busy` */
export function statusAndWords(response: IppMessage): string {
  return [statusText(response.code), wordsOf(response)].filter(Boolean).join(': ')
}

function held(state: IppPrinterState, offer: Offer, words: string): DeliveryResult {
  const reason = attentionReason(state.stateReasons)
  const detail = [words, reason && stateReasonWords(reason), state.stateMessage].filter(Boolean).join('; ')
  return notSent({
    ...offer,
    next: 'retry',
    reason: reason ?? 'printer-busy',
    detail,
    stateReasons: state.stateReasons,
  })
}

function isAboutFormat(response: IppMessage): boolean {
  return response.code === STATUS.formatNotSupported || response.code === STATUS.formatError
}

function explain(error: IppTransportError | IppDecodeError): string {
  const words = error instanceof IppTransportError ? HTTP_WORDS.get(error.statusCode ?? 0) : undefined
  return words === undefined ? error.message : `${error.message}: ${words}`
}
