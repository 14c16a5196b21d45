/** A client that knows nothing of the server's code: JSON over HTTP, as an integrator's script would do it. */
export interface RpcClient {
  /** The result of a resource method, called through `call` with that user's session. Throws RpcCallError. */
  call<Result = any>(path: string, args?: unknown, as?: TestUser): Promise<Result>
  /** The fault of a call that must fail. */
  fault(path: string, args?: unknown, as?: TestUser): Promise<RpcFault>
  session(as?: TestUser): Promise<string>
  /** Any bytes, any headers. `json` is undefined for an empty body. */
  raw(body: string | Uint8Array, headers?: Record<string, string>, method?: string): Promise<RawReply>
}

export type TestUser = 'demo' | 'demo-other' | 'packer' | 'supervisor'

export interface RpcFault {
  readonly code: number
  readonly message: string
  readonly data?: Record<string, unknown>
}

export interface RawReply {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: replies are judged by the assertions
  readonly json: any
}

export class RpcCallError extends Error {
  readonly fault: RpcFault
  constructor(path: string, fault: RpcFault) {
    super(`${path}: ${fault.code} ${fault.message} ${JSON.stringify(fault.data ?? {})}`)
    this.fault = fault
  }
}

export function createRpcClient(
  endpoint: string,
  keys: Readonly<Partial<Record<TestUser, string>>>,
): RpcClient {
  const sessions = new Map<TestUser, Promise<string>>()

  const raw: RpcClient['raw'] = async (body, headers = {}, method = 'POST') => {
    const init = method === 'GET' || method === 'HEAD' ? {} : { body: body as string }
    const reply = await fetch(endpoint, { method, headers, ...init })
    const text = await reply.text()
    return { status: reply.status, headers: reply.headers, text, json: parse(text) }
  }
  const session: RpcClient['session'] = (as = 'demo') => {
    const known = sessions.get(as) ?? login(raw, as, keys[as] ?? '')
    sessions.set(as, known)
    // A server that couldn't let anybody in is asked again.
    known.catch(() => sessions.delete(as))
    return known
  }
  const call: RpcClient['call'] = async (path, args = [], as = 'demo') => {
    const params = [await session(as), path, args]
    const { json } = await raw(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'call', params }))
    if (json.error) throw new RpcCallError(path, json.error)
    return json.result
  }
  return {
    raw,
    session,
    call,
    async fault(path, args, as) {
      try {
        const result = await call(path, args, as)
        throw new Error(`${path} answered ${JSON.stringify(result)} instead of a fault`)
      } catch (error) {
        if (error instanceof RpcCallError) return error.fault
        throw error
      }
    },
  }
}

function parse(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

async function login(raw: RpcClient['raw'], username: string, apiKey: string): Promise<string> {
  const { json } = await raw(
    JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'login', params: [username, apiKey] }),
  )
  if (json.error) throw new RpcCallError('login', json.error)
  return json.result
}
