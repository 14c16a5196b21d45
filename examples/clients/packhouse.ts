const SESSION_ENDED = -32005
const TIMEOUT_MS = 70_000 // a call that downloads a file may take a minute

/** What the server refused: `code` is -(32000 + fault). */
export class PackhouseError extends Error {
  readonly code: number
  readonly data: unknown
  constructor({ code, message, data }: { code: number; message: string; data?: unknown }) {
    super(message)
    this.code = code
    this.data = data
  }
}

/** `connect(url, 'demo', key)` answers a function that calls, logs in when it must, and again when the session ended. */
export function connect(url: string, username: string, apiKey: string) {
  let session: string | undefined

  async function request(method: string, params: unknown[]): Promise<any> {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
    const reply = await fetch(url, { method: 'POST', body, signal: AbortSignal.timeout(TIMEOUT_MS) })
    const { result, error } = (await reply.json()) as any
    if (error) throw new PackhouseError(error)
    return result
  }

  return async function call(path: string, ...args: unknown[]): Promise<any> {
    const isFirst = session === undefined
    session ??= (await request('login', [username, apiKey])) as string
    try {
      return await request('call', [session, path, args])
    } catch (error) {
      if (isFirst || !(error instanceof PackhouseError) || error.code !== SESSION_ENDED) throw error
      session = undefined
      return call(path, ...args)
    }
  }
}
