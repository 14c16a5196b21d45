import { isStorableText } from '../db/storable-text.ts'
import { InvalidError } from '../errors.ts'
import { JOB_STATUSES, type JobStatus, reasonText } from './job-state.ts'

/** What a caller says of a job: contracts/cloud-printing.md, section 3, "Status". */
export interface JobReport {
  readonly status: JobStatus
  /** As given; null where it was not given or is ignored. With `completed` it is for the ledger alone. */
  readonly reason: string | null
}

/** Code points, after trimming. */
export const REASON_LENGTH_MIN = 3
export const REASON_LENGTH_MAX = 1023
const RAW_LENGTH_MAX = 2 * REASON_LENGTH_MAX + 1000

/** Throws InvalidError with every failing property in `errors`. */
export function readJobReport(given: { readonly status?: unknown; readonly reason?: unknown }): JobReport {
  const status = JOB_STATUSES.find((known) => known === given.status)
  const isReasonRead = status === 'failed' || status === 'canceled'
  const reason = given.reason ?? null
  const errors = [
    ...(status === undefined ? [statusError(given.status)] : []),
    ...(isReasonRead ? reasonErrors(reason, status === 'failed') : []),
  ]
  const [first] = errors
  if (status === undefined || first !== undefined) {
    throw new InvalidError(first?.startsWith('reason') ? 'reason' : 'status', 'invalid', errors.join('; '), {
      errors,
    })
  }
  return { status, reason: isReasonRead ? (reason as string | null) : remarkOf(status, reason) }
}

/** Why somebody says that it printed. Nobody needs to give that, so what can't be kept is no error. */
function remarkOf(status: JobStatus, reason: unknown): string | null {
  const isKept =
    status === 'completed' && typeof reason === 'string' && reasonErrors(reason, false).length === 0
  return isKept ? reason : null
}

/** The reason of a reprint. Throws InvalidError. */
export function assertReprintReason(reason: unknown): asserts reason is string {
  const errors = reasonErrors(reason ?? null, true)
  if (errors.length > 0) throw new InvalidError('reason', 'invalid', errors.join('; '), { errors })
}

const STATUS_WORDS = new Intl.ListFormat('en', { type: 'disjunction', style: 'long' }).format(JOB_STATUSES)

function statusError(status: unknown): string {
  const isAbsent = status === undefined || status === null
  return isAbsent ? 'status is missing' : `status must be one of ${STATUS_WORDS}`
}

function reasonErrors(reason: unknown, isRequired: boolean): readonly string[] {
  if (reason === null) return isRequired ? ['reason is missing'] : []
  if (typeof reason !== 'string') return ['reason must be a string']
  if (!isStorableText(reason)) return ['reason must not hold U+0000 or half a surrogate pair']
  // White space around it is not counted, and stored: it has an end, too.
  const length = reason.length > RAW_LENGTH_MAX ? 0 : [...reason.trim()].length
  if (length >= REASON_LENGTH_MIN && length <= REASON_LENGTH_MAX) return []
  return [`reason must have ${REASON_LENGTH_MIN} to ${REASON_LENGTH_MAX} characters`]
}

/** Why a job ended, when the caller who ended it gave no reason. */
export function canceledBy(name: string): string {
  return reasonText('job-canceled-by-user', `canceled by ${name}`)
}
