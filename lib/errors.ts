/** What a caller can do about a refusal. A new code doesn't compile without its row in transport/faults.ts. */
export const ERROR_CODES = [
  'invalid',
  'not_found',
  'conflict',
  'forbidden',
  'unauthenticated',
  'no_printer',
  'unavailable',
  'internal',
] as const
export type ErrorCode = (typeof ERROR_CODES)[number]

/** Why data was refused (contracts/rpc.md, section 8) and which noun or member is to blame. */
export interface ErrorDetails {
  /** The noun that was not found, closed or taken: `order`, `instruction`, `package`, `station`, … */
  readonly subject?: string
  /** Path of the member to blame, `file_request.url`; null where none is. */
  readonly field?: string | null
  readonly reason?: string
  readonly [detail: string]: unknown
}

/** A refusal the caller is meant to understand. Anything else that is thrown is a bug. */
export class DomainError extends Error {
  override readonly name: string = 'DomainError'
  readonly code: ErrorCode
  readonly details: ErrorDetails

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.details = details
  }
}

/** Data that was given breaks a rule: `field` says where, `reason` which kind of rule. */
export class InvalidError extends DomainError {
  constructor(field: string | null, reason: string, message: string, more: ErrorDetails = {}) {
    super('invalid', message, { ...more, field, reason })
  }
}

export class NotFoundError extends DomainError {
  constructor(subject: string, id: string) {
    super('not_found', `no such ${subject}`, { subject, id })
  }
}

/** The request is fine, the state of `subject` is against it. */
export class ConflictError extends DomainError {
  constructor(subject: string, reason: string, message: string, more: ErrorDetails = {}) {
    super('conflict', message, { ...more, subject, reason })
  }
}
