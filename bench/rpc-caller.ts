/** A JSON-RPC client with a session, for setting up and for what is measured. */
export interface RpcCaller {
  readonly session: string
  // biome-ignore lint/suspicious/noExplicitAny: whoever sets up knows what comes
  call<Result = any>(path: string, args: readonly unknown[]): Promise<Result>
}

export async function logIn(
  baseUrl: string,
  { username, api_key }: { username: string; api_key: string },
): Promise<RpcCaller> {
  const session = await send(baseUrl, 'login', [username, api_key])
  return { session, call: (path, args) => send(baseUrl, 'call', [session, path, args]) }
}

// biome-ignore lint/suspicious/noExplicitAny: as above
async function send(baseUrl: string, method: string, params: readonly unknown[]): Promise<any> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  const reply = await fetch(`${baseUrl}/api/jsonrpc`, { method: 'POST', body })
  const { result, error } = (await reply.json()) as { result?: unknown; error?: { message: string } }
  if (error) throw new Error(`${method} ${JSON.stringify(params).slice(0, 200)}: ${error.message}`)
  return result
}
