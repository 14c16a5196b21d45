import { IppDecodeError } from './ipp-decoder.ts'
import type { IppEndpoint } from './ipp-endpoint.ts'
import { describeNetworkError, errorCode } from './network-error.ts'

export type IppTransportFailure =
  /** Refused, reset, no such name, no trust. */
  | 'unreachable'
  | 'timeout'
  | 'aborted'
  | 'http-status'
  /** What came is no IPP. */
  | 'bad-response'
  /** The caller forbade the sending. */
  | 'forbidden'

interface FailureDetails extends ErrorOptions {
  readonly statusCode?: number
  readonly challenge?: string | undefined
  readonly isStaleConnection?: boolean
  readonly isForGood?: boolean
}

/** No IPP response came. Messages name the host and never hold credentials. */
export class IppTransportError extends Error {
  override readonly name = 'IppTransportError'
  readonly failure: IppTransportFailure
  readonly statusCode: number | null
  /** How the server wants to be told who is asking; null when it doesn't ask. */
  readonly challenge: string | null
  /** The server had closed a kept connection before it saw this request. */
  readonly isStaleConnection: boolean
  /** The same request will be refused every time. */
  readonly isForGood: boolean

  constructor(failure: IppTransportFailure, message: string, details: FailureDetails = {}) {
    super(message, details)
    this.failure = failure
    this.statusCode = details.statusCode ?? null
    this.challenge = details.challenge ?? null
    this.isStaleConnection = details.isStaleConnection ?? false
    this.isForGood = details.isForGood ?? false
  }
}

const CLOSED = new Set(['ECONNRESET', 'EPIPE'])

export function toTransportError(
  thrown: unknown,
  endpoint: IppEndpoint,
  isReused: boolean,
): IppTransportError {
  const where = `${endpoint.host}:${endpoint.port}`
  if (thrown instanceof IppTransportError) {
    if (thrown.message.includes(where)) return thrown
    const { failure, message, statusCode, challenge } = thrown
    const details = { ...(statusCode === null ? {} : { statusCode }), challenge: challenge ?? undefined }
    return new IppTransportError(failure, `${where}: ${message}`, details)
  }
  const code = errorCode(thrown)
  const isGarbage = thrown instanceof IppDecodeError || code.startsWith('HPE_')
  return new IppTransportError(
    isGarbage ? 'bad-response' : 'unreachable',
    `${where}: ${describeNetworkError(thrown)}`,
    {
      cause: thrown,
      isStaleConnection: isReused && CLOSED.has(code),
    },
  )
}
