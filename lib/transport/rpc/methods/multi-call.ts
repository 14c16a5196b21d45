import type { Caller } from '../../../access/caller.ts'
import type { ResourceRegistry } from '../resource-registry.ts'
import { isRecord } from '../rpc-envelope.ts'
import { faultNumber, RPC_ERRORS, RpcRefusal } from '../rpc-error.ts'
import type { CallContext, RpcMethod } from '../rpc-method.ts'
import { callResource } from './call.ts'

export const MULTI_CALLS_MAX = 50

/**
 * `multiCall(session, calls, {break?})`: each call in order and on its own, without a common transaction. One that fails
 * leaves `{isFault, faultCode, faultMessage}` in its place; contracts/rpc.md, section 4.
 */
export function multiCall(resources: ResourceRegistry): RpcMethod {
  return {
    name: 'multiCall',
    parameters: ['session', 'calls', 'options'],
    async call([session, calls, options], context) {
      const caller = await context.identities.of(session)
      if (!Array.isArray(calls) || calls.length > MULTI_CALLS_MAX) {
        const message = `Invalid params: calls is an array of at most ${MULTI_CALLS_MAX} calls`
        throw new RpcRefusal({ ...RPC_ERRORS.invalidParams, message })
      }
      const isStopping = isRecord(options) && options['break'] === true
      return callEach(resources, calls, { caller, context, isStopping })
    },
  }
}

async function callEach(
  resources: ResourceRegistry,
  calls: readonly unknown[],
  options: { caller: Caller; context: CallContext; isStopping: boolean },
): Promise<unknown[]> {
  const answers: unknown[] = []
  for (const element of calls) {
    const [path, args] = Array.isArray(element) ? (element as unknown[]) : [element]
    try {
      answers.push((await callResource(resources, { path, args, ...options })) ?? null)
    } catch (error) {
      if (!(error instanceof RpcRefusal)) throw error
      answers.push({ isFault: true, faultCode: faultNumber(error.error), faultMessage: error.error.message })
      if (options.isStopping) break
    }
  }
  return answers
}
