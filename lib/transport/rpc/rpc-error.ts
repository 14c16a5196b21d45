import type { DomainError } from '../../errors.ts'
import type { AnswerCode } from '../../observation.ts'
import { type Fault, faultOf, GLOBAL_FAULTS } from '../faults.ts'

const PASSING = Symbol('passing')

/** JSON-RPC's `error` member. A plain object: Jayson puts an Error on the wire without its message. */
export interface RpcError {
  readonly code: number
  readonly message: string
  readonly data?: Readonly<Record<string, unknown>>
  /** Not on the wire, where it is an internal error like any other: it passes by itself. */
  readonly [PASSING]?: true
}

/** JSON-RPC 2.0, section 5.1, and the codes of contracts/rpc.md, section 1. */
export const RPC_ERRORS = {
  parse: { code: -32700, message: 'Parse error' },
  invalidRequest: { code: -32600, message: 'Invalid Request' },
  methodNotFound: { code: -32601, message: 'Method not found' },
  invalidParams: { code: -32602, message: 'Invalid params' },
  crowded: { code: -32009, message: 'Too many large requests at once' },
  userCrowded: { code: -32009, message: 'Too many requests of this user at once' },
  tooMany: { code: -32029, message: 'Too many requests' },
  tooLarge: { code: -32013, message: 'The request is larger than 40 MiB' },
} as const satisfies Record<string, RpcError>

/** Whatever is called: each is decided before the method is. */
export const ERRORS_OF_ANY = [
  RPC_ERRORS.userCrowded,
  RPC_ERRORS.crowded,
  RPC_ERRORS.tooMany,
  RPC_ERRORS.tooLarge,
] as const

const FAULT_BASE = -32_000

export function invalidRequest(why: string): RpcError {
  return { ...RPC_ERRORS.invalidRequest, message: `Invalid Request: ${why}` }
}

/** Thrown within transport/rpc: an answer that is decided. */
export class RpcRefusal extends Error {
  override readonly name = 'RpcRefusal'
  readonly error: RpcError
  constructor(error: RpcError) {
    super(error.message)
    this.error = error
  }
}

export function refuse(fault: Fault, data?: RpcError['data']): RpcRefusal {
  return new RpcRefusal(toRpcError(fault, data))
}

export function toRpcError({ fault, message }: Fault, data?: RpcError['data']): RpcError {
  return { code: FAULT_BASE - fault, message, ...(data && { data }) }
}

/** The fault behind a wire code, for answers that carry faults: `multiCall`. */
export function faultNumber({ code }: RpcError): number {
  return FAULT_BASE - code
}

/** The internal error of a server that can't answer at this moment: no database, or it stops. */
export function unavailableError(requestId: string): RpcError {
  return { ...toRpcError(GLOBAL_FAULTS.internal, { request_id: requestId }), [PASSING]: true }
}

/** What `error` counts as. */
export function answerCodeOf(error: RpcError): AnswerCode {
  return error[PASSING] ? 'unavailable' : error.code
}

/** `error` as the answer to a call of `path`. Of an internal error nothing is said but where the log has it. */
export function domainErrorToRpc(path: string, error: DomainError, requestId: string): RpcError {
  const fault = faultOf(path, error)
  if (fault === GLOBAL_FAULTS.internal && error.code === 'unavailable') return unavailableError(requestId)
  if (fault === GLOBAL_FAULTS.internal) return toRpcError(fault, { request_id: requestId })
  if (fault.fault < 100) return toRpcError(fault)
  return toRpcError({ ...fault, message: cutToTell(describe(fault, error)) }, dataOf(error))
}

const DETAILS_FOLLOW = ' Details in error message.'

/** "Details in error message", as the tables have it, become the details. */
function describe({ message }: Fault, error: DomainError): string {
  if (!message.endsWith(DETAILS_FOLLOW)) return message
  return `${message.slice(0, -DETAILS_FOLLOW.length)} ${sentence(error)}.`
}

/** `file_content`, `instructions.0`: no word of English. */
const MEMBER_FIRST = /^[a-z]+[._]/
/** A name in a request may have 40 MiB; nobody needs it told back. */
const TOLD_LENGTH_MAX = 1_000

export function cutToTell(text: string): string {
  return text.length > TOLD_LENGTH_MAX ? `${text.slice(0, TOLD_LENGTH_MAX)}…` : text
}

/** Begins with a capital letter, unless the name of a member begins it. */
function sentence({ message, details }: DomainError): string {
  if (typeof details.field === 'string' && message.startsWith(details.field)) return message
  if (MEMBER_FIRST.test(message)) return message
  return message.charAt(0).toUpperCase() + message.slice(1)
}

/** `{field, reason}` of data that was refused; of other refusals whatever a program can use. */
function dataOf({ code, details }: DomainError): Record<string, unknown> | undefined {
  const { field = null, reason, subject: _subject, id: _id, ...more } = details
  if (code === 'invalid' || code === 'conflict') {
    return { field: typeof field === 'string' ? cutToTell(field) : field, reason, ...more }
  }
  return Object.keys(more).length > 0 ? more : undefined
}
