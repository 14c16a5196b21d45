import { faultOf, GLOBAL_FAULTS, toDomainError } from '../faults.ts'
import { domainErrorToRpc, type RpcError, RpcRefusal } from './rpc-error.ts'
import type { CallContext } from './rpc-method.ts'

/**
 * What `thrown` means to whoever called `method`. Logged here and nowhere else: what the caller learns nothing of as an
 * error with its cause, or as a warning where it passes by itself; a refusal as information.
 */
export function explain(thrown: unknown, method: string, context: CallContext): RpcError {
  if (thrown instanceof RpcRefusal) return thrown.error
  const { log, requestId } = context
  const error = toDomainError(thrown)
  if (faultOf(method, error) === GLOBAL_FAULTS.internal) {
    const isInternal = error.code === 'internal'
    const level = error.code === 'unavailable' ? 'warn' : 'error'
    log[level]({ err: isInternal ? (error.cause ?? error) : error, method, requestId }, 'call failed')
  } else {
    log.info({ method, code: error.code, reason: error.details.reason }, 'call refused')
  }
  return domainErrorToRpc(method, error, requestId)
}
