import { MULTI_CALLS_MAX, multiCallArgs } from '../../../../schemas/endpoint-methods.ts'
import type { Caller } from '../../../access/caller.ts'
import { isJsonObject } from '../../../json-object.ts'
import { ORDER_EXAMPLE } from '../method-examples.ts'
import { ANSWERS_LENGTH_MAX, ANSWERS_TOO_LARGE, approximateLength } from '../reply-size.ts'
import type { AnswerTelling } from '../answer-telling.ts'
import type { ResourceRegistry } from '../resource-registry.ts'
import { answerCodeOf, faultNumber, RPC_ERRORS, RpcRefusal } from '../rpc-error.ts'
import type { CallContext, EndpointMethod } from '../rpc-method.ts'
import { callResource } from './call.ts'

/**
 * `multiCall(session, calls, {break?})`: each call in order and on its own, without a common transaction. One that fails
 * leaves `{isFault, faultCode, faultMessage}` in its place; contracts/rpc.md, section 4.
 */
export function multiCall(resources: ResourceRegistry, telling: AnswerTelling): EndpointMethod {
  return {
    name: 'multiCall',
    parameters: ['session', 'calls', 'options'],
    required: [],
    schema: multiCallArgs,
    summary: 'Call several resource methods, one after the other',
    example: {
      params: [
        '5f2c9b1e8a7d4063b1c2d3e4f5a60718',
        [
          ['order.info', ['100000309']],
          ['order.info', ['999']],
        ],
      ],
      result: [
        ORDER_EXAMPLE,
        { isFault: true, faultCode: 100, faultMessage: 'Requested order does not exist.' },
      ],
    },
    result: { type: 'array' },
    faults: [1, 2, 5],
    async call([session, calls, options], context) {
      const caller = await context.identities.of(session)
      if (!Array.isArray(calls) || calls.length > MULTI_CALLS_MAX) {
        const message = `Invalid params: calls is an array of at most ${MULTI_CALLS_MAX} calls`
        throw new RpcRefusal({ ...RPC_ERRORS.invalidParams, message })
      }
      const isStopping = isJsonObject(options) && options['break'] === true
      return callEach(resources, calls, { caller, context, isStopping, telling })
    },
  }
}

async function callEach(
  resources: ResourceRegistry,
  calls: readonly unknown[],
  options: { caller: Caller; context: CallContext; isStopping: boolean; telling: AnswerTelling },
): Promise<unknown[]> {
  const answers: unknown[] = []
  let length = 0
  for (const element of calls) {
    const [path, args] = Array.isArray(element) ? (element as unknown[]) : [element]
    const since = performance.now()
    try {
      if (length > ANSWERS_LENGTH_MAX) throw new RpcRefusal(ANSWERS_TOO_LARGE)
      const answer = (await callResource(resources, { path, args, ...options })) ?? null
      length += approximateLength(answer)
      answers.push(answer)
      options.telling.element(path, 0, since)
    } catch (error) {
      if (!(error instanceof RpcRefusal)) throw error
      options.telling.element(path, answerCodeOf(error.error), since)
      answers.push({ isFault: true, faultCode: faultNumber(error.error), faultMessage: error.error.message })
      if (options.isStopping) break
    }
  }
  return answers
}
