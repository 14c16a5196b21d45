import type { AnswerCode, Observe, RpcAnswer } from '../../observation.ts'
import { GLOBAL_FAULTS } from '../faults.ts'
import type { OpenRpcMethod } from './openrpc.ts'
import { argumentOf } from './rpc-arguments.ts'
import type { RpcRequest } from './rpc-envelope.ts'
import { ERRORS_OF_ANY, RPC_ERRORS, toRpcError } from './rpc-error.ts'

/** Tells every answer once, by method and code. Callers name methods as they like: only those that there are are told. */
export interface AnswerTelling {
  /** `since`: of `performance.now()`; null for an answer that was decided before the call was begun. */
  answered(request: RpcRequest, code: AnswerCode, since: number | null): void
  /** One of the calls of `multiCall`, whose own answer is told beside. */
  element(path: unknown, code: AnswerCode, since: number): void
  /** Nothing was read that names a method: no request, or a whole batch. */
  unread(code: AnswerCode): void
}

const UNKNOWN = 'unknown'
const NONE = 'none'

export function createAnswerTelling(options: {
  readonly observe: Observe
  readonly isResourceMethod: (path: string) => boolean
  readonly isEndpointMethod: (name: string) => boolean
}): AnswerTelling {
  const { observe, isResourceMethod, isEndpointMethod } = options
  const tell = (method: string, code: AnswerCode, since: number | null) =>
    observe({ what: 'rpc', method, code, durationMs: since === null ? null : performance.now() - since })
  const ofPath = (path: unknown) => (typeof path === 'string' && isResourceMethod(path) ? path : UNKNOWN)
  const labelOf = (request: RpcRequest): string => {
    if (request.method === 'call') return ofPath(argumentOf(request, 1, 'path'))
    return isEndpointMethod(request.method) ? request.method : ofPath(request.method)
  }
  return {
    answered: (request, code, since) => tell(labelOf(request), code, since),
    element: (path, code, since) => tell(ofPath(path), code, since),
    unread: (code) => tell(NONE, code, null),
  }
}

const OF_ANY = ERRORS_OF_ANY.map(({ code }) => code)
const INTERNAL = toRpcError(GLOBAL_FAULTS.internal).code

/** What may be answered, for whoever counts from 0 on. */
export function expectedAnswers(methods: readonly OpenRpcMethod[]): readonly RpcAnswer[] {
  const known = methods.filter(({ name }) => name !== 'call')
  const byMethod: readonly (readonly [string, readonly AnswerCode[]])[] = [
    ...known.map(
      ({ name, errors }) => [name, [0, INTERNAL, 'unavailable', ...errors.map(({ code }) => code)]] as const,
    ),
    [UNKNOWN, [RPC_ERRORS.methodNotFound.code, ...UNKNOWN_PATHS]],
    [NONE, [INTERNAL, 'unavailable', ...UNREADABLE]],
  ]
  return byMethod.flatMap(([method, codes]) =>
    [...new Set([...codes, ...OF_ANY])].map((code) => ({ method, code })),
  )
}

const UNKNOWN_PATHS = [GLOBAL_FAULTS.path, GLOBAL_FAULTS.notCallable, GLOBAL_FAULTS.session].map(
  (fault) => toRpcError(fault).code,
)
const UNREADABLE = [RPC_ERRORS.parse, RPC_ERRORS.invalidRequest, RPC_ERRORS.invalidParams].map(
  ({ code }) => code,
)
