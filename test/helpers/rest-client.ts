/** A client that knows nothing of the server's code: JSON over HTTP with an API key, as an integrator's script would do it. */
export interface RestClient {
  get(path: string, headers?: Record<string, string>): Promise<RestReply>
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<RestReply>
  delete(path: string, headers?: Record<string, string>): Promise<RestReply>
  /** Any verb, any bytes; no header but the key's and those given. */
  send(
    method: string,
    path: string,
    init?: { headers?: Record<string, string>; body?: string | Uint8Array },
  ): Promise<RestReply>
  /** The same server with another key; null for none. */
  as(apiKey: string | null): RestClient
}

export interface RestReply {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: replies are judged by the assertions
  readonly json: any
}

const JSON_TYPE = { 'content-type': 'application/json' }

export function createRestClient(baseUrl: string, apiKey: string | null): RestClient {
  const send: RestClient['send'] = async (method, path, { headers = {}, body } = {}) => {
    const reply = await fetch(baseUrl + path, {
      method,
      headers: { ...(apiKey !== null && { 'PX-API-KEY': apiKey }), ...headers },
      ...(body !== undefined && { body: body as string }),
    })
    const text = await reply.text()
    return { status: reply.status, headers: reply.headers, text, json: parse(text) }
  }
  return {
    send,
    get: (path, headers = {}) => send('GET', path, { headers }),
    post: (path, body = {}, headers = {}) =>
      send('POST', path, { headers: { ...JSON_TYPE, ...headers }, body: JSON.stringify(body) }),
    delete: (path, headers = {}) => send('DELETE', path, { headers }),
    as: (other) => createRestClient(baseUrl, other),
  }
}

function parse(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}
