import { type RpcError } from './rpc-error.ts'

/**
 * What a batch or a `multiCall` may have answered before its next call is refused. One call answers at most the 100 MiB of
 * an order's files in base64; with that on top the whole stays well under the longest string that JavaScript can hold.
 */
export const ANSWERS_LENGTH_MAX = 134_217_728

/** Nothing of the call was executed. */
export const ANSWERS_TOO_LARGE: RpcError = {
  code: -32013,
  message: 'The answers before this call fill the reply: ask for the rest in a request of its own',
}

/** Some characters of JSON, without making the JSON: enough to know when to stop. */
export function approximateLength(value: unknown): number {
  const waiting: unknown[] = [value]
  let length = 0
  while (waiting.length > 0) {
    const next = waiting.pop()
    length += typeof next === 'string' ? next.length : 1
    if (typeof next === 'object' && next !== null)
      for (const member of Object.values(next)) waiting.push(member)
  }
  return length
}
