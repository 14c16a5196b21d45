import type { DomainError } from '../../errors.ts'
import { REST_ERRORS, type RestErrorCode, restCodeOf, toDomainError } from '../faults.ts'

/** An answer that is decided: contracts/cloud-printing.md, section 1, "Errors". */
export class RestRefusal extends Error {
  override readonly name = 'RestRefusal'
  readonly code: RestErrorCode
  /** One string per failing property or cause, beginning with its path. */
  readonly errors: readonly string[]
  readonly headers: Readonly<Record<string, string>>

  constructor(
    code: RestErrorCode,
    message: string,
    more: { errors?: readonly string[]; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message)
    this.code = code
    this.errors = more.errors ?? []
    this.headers = more.headers ?? {}
  }

  get status(): number {
    return REST_ERRORS[this.code]
  }
}

export function notJson(): RestRefusal {
  return new RestRefusal('invalid_json', 'The body is not JSON in UTF-8')
}

export function invalidRequest(errors: readonly string[]): RestRefusal {
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : ''
  return new RestRefusal('validation_error', `The request is invalid: ${errors[0] ?? ''}${more}`, { errors })
}

/** Whatever was thrown, as this interface answers it. Of a bug nothing is told. */
export function toRestRefusal(thrown: unknown): RestRefusal {
  if (thrown instanceof RestRefusal) return thrown
  const error = toDomainError(thrown)
  const code = restCodeOf(error)
  const errors = errorsOf(error)
  const isRequestItself = error.code === 'invalid' && code === 'validation_error'
  if (isRequestItself && errors.length > 0) return invalidRequest(errors)
  return new RestRefusal(code, capitalize(messageOf(error)), { errors })
}

function messageOf(error: DomainError): string {
  const { code, details, message } = error
  if (code === 'not_found' && details.subject !== undefined) return `${wordsOf(details.subject)} not found`
  return message
}

function errorsOf(error: DomainError): readonly string[] {
  const { code, details, message } = error
  const { errors, printers, field, reason } = details
  for (const list of [errors, printers]) if (Array.isArray(list)) return list.map(String)
  if (typeof field !== 'string') return code === 'conflict' ? [message] : []
  if (code === 'conflict' && reason === 'taken') return [`${field} is taken`]
  return [message.startsWith(field) ? message : `${field} ${message}`]
}

/** `print_job` is `print job` to a person. */
function wordsOf(subject: string): string {
  return subject.replaceAll('_', ' ')
}

export function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
