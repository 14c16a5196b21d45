import { leave, readJson, Refused, send, Unreachable } from './request.ts'

interface Reply<Result> {
  readonly result?: Result
  readonly error?: {
    readonly code: number
    readonly message: string
    readonly data?: Record<string, unknown>
  }
}

const WIRE_OFFSET = -32_000
const SESSION_ENDED = 5
/** Too many requests of this user at once. */
const BUSY = 409
let lastId = 0

/** A method of JSON-RPC by its own name. Throws Unreachable, and Refused with the fault as its code. */
export async function callRpc<Result>(method: string, params: readonly unknown[]): Promise<Result> {
  lastId += 1
  const body = JSON.stringify({ jsonrpc: '2.0', id: lastId, method, params })
  const answer = await send('/api/jsonrpc', { method: 'POST', body })
  if (answer.status === BUSY) throw new Unreachable('too many requests at once')
  const { result, error } = await readJson<Reply<Result>>(answer)
  if (!error) return result as Result
  const fault = WIRE_OFFSET - error.code
  if (fault === SESSION_ENDED) {
    leave()
    // Whoever signs in again wants it done: it is kept rather than refused.
    throw new Unreachable(error.message)
  }
  // Faults 0 and 1 are the server's own trouble: nothing can be said of what was asked.
  if (fault === 0 || fault === 1) throw new Unreachable(error.message)
  throw new Refused(error.message, fault, error.data)
}
