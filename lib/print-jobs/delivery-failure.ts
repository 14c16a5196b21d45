import type { Logger } from 'pino'
import { isDatabaseUnavailable } from '../db/database-availability.ts'
import { notSent, unknownOutcome } from '../delivery/delivery-result.ts'
import type { DeliveryResult } from '../delivery/driver.ts'
import { DomainError } from '../errors.ts'
import { UnreadableError } from '../rendering/rendering.ts'
import { SendingRefused } from './ledger-service.ts'

export interface FailedDelivery {
  readonly jobId: string
  readonly printerId: string
  /** Undefined: no request made the job, or it could not be read. */
  readonly traceId: string | undefined
  /** The ledger is marked: bytes may have gone out. */
  readonly isSending: boolean
}

/**
 * A driver answers with results; what is thrown comes from before it, or is a defect, and then nobody knows what went out
 * after the mark.
 */
export function resultOfFailure(error: unknown, failed: FailedDelivery, log: Logger): DeliveryResult {
  const { isSending, ...ids } = failed
  const known = isSending ? undefined : knownFailure(error)
  if (known) return known
  const outage = isSending ? undefined : outageOf(error)
  if (outage !== undefined) {
    log.warn({ ...ids, err: error }, 'not delivered yet')
    return notSent({ bytesOffered: 0, detail: outage, next: 'retry', reason: null })
  }
  log.error({ ...ids, err: error }, 'delivery failed')
  if (isSending) {
    return unknownOutcome({ bytesOffered: 0, bytesWritten: 0, detail: 'the server failed while sending' })
  }
  const detail = 'the server failed before sending'
  return { ...notSent({ bytesOffered: 0, detail, next: 'retry', reason: null }), isOwnFailure: true }
}

/** What says by itself what follows. */
function knownFailure(error: unknown): DeliveryResult | undefined {
  if (error instanceof SendingRefused)
    return notSent({ bytesOffered: 0, detail: error.message, next: 'retry', reason: null })
  if (error instanceof UnreadableError) return failed('document-format-error', error.message)
  if (error instanceof DomainError && error.code === 'not_found' && error.details.subject === 'document')
    return failed('document-access-error', 'the document is no longer kept')
  return undefined
}

function failed(reason: string, detail: string): DeliveryResult {
  return notSent({ bytesOffered: 0, detail, next: 'fail', reason })
}

/** What passes, and is no job's fault. */
function outageOf(error: unknown): string | undefined {
  if (isDatabaseUnavailable(error)) return 'the database was not reachable'
  return error instanceof DomainError && error.code === 'unavailable' ? error.message : undefined
}
