import type { RpcClient } from '../helpers/rpc-client.ts'

/** What a call came to, whichever way it went. */
export interface Outcome {
  readonly result?: unknown
  readonly code?: number
  readonly message?: string
  /** `multiCall` has no place for it. */
  readonly data?: unknown
}

export interface Call {
  readonly session: string
  readonly path: string
  readonly args: readonly unknown[]
}

type Way = (rpc: RpcClient, call: Call) => Promise<Outcome>

interface Reply {
  readonly result?: unknown
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown }
}

/** Every way to a resource method that contracts/rpc.md, sections 3 and 4, knows. */
export const WAYS: Readonly<Record<'call' | 'its own name' | 'multiCall' | 'a batch', Way>> = {
  call: async (rpc, { session, path, args }) =>
    outcomeOf((await rpc.raw(request('call', [session, path, args]))).json),

  'its own name': async (rpc, { session, path, args }) => {
    const headers = { Authorization: `Bearer ${session}` }
    return outcomeOf((await rpc.raw(request(path, args), headers)).json)
  },

  multiCall: async (rpc, { session, path, args }) => {
    const { json } = await rpc.raw(request('multiCall', [session, [[path, args]]]))
    if (json.error) return outcomeOf(json)
    const [answer] = json.result
    if (answer?.isFault !== true) return { result: answer }
    return { code: -32_000 - answer.faultCode, message: answer.faultMessage }
  },

  'a batch': async (rpc, { session, path, args }) => {
    const { json } = await rpc.raw(`[${request('call', [session, path, args])}]`)
    return outcomeOf(json[0])
  },
}

function request(method: string, params: readonly unknown[]): string {
  return JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
}

function outcomeOf({ result, error }: Reply): Outcome {
  if (!error) return { result }
  const { code, message, data } = error
  return { code, message, ...(data !== undefined && { data }) }
}
