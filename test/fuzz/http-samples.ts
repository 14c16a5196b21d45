import type { Subject } from './subject.ts'

export interface HttpSample {
  readonly bytes: Buffer
  /** How it is answered as it is, where that matters. */
  readonly status?: number
}

/** Requests that are well formed, each of another kind. */
export function samplesFor({ credentials, url }: Subject): readonly HttpSample[] {
  const { host } = new URL(url)
  const key = `PX-API-KEY: ${credentials.admin.api_key}`
  const lines = (...head: string[]) => `${head.join('\r\n')}\r\n\r\n`
  const rpc = '{"jsonrpc":"2.0","id":1,"method":"endSession","params":["x"]}'
  const get = (path: string, ...more: string[]) => lines(`GET ${path} HTTP/1.1`, `Host: ${host}`, ...more)
  const post = (path: string, body: string, ...more: string[]) =>
    lines(`POST ${path} HTTP/1.1`, `Host: ${host}`, 'Content-Type: application/json', ...more) + body
  const chunked = `${rpc.length.toString(16)};x=y\r\n${rpc}\r\n0\r\nTrailer: x\r\n\r\n`
  const tooLarge = [
    post('/v1/locations', '', 'Content-Length: 1048577', key),
    post('/api/jsonrpc', '', 'Content-Length: 41943041'),
  ].map((text) => ({ bytes: Buffer.from(text), status: 413 }))
  const others = [
    get('/healthz'),
    get('/v1/cloud-printing/jobs?limit=1&created_at[gte]=2022-01-01', key),
    get('/v1/documents/doc_x?expires=1&signature=00', 'Range: bytes=0-1'),
    get('/docs/swagger-ui.css', 'Range: bytes=0-1', 'If-None-Match: "x"'),
    get('/pack', 'Accept-Language: es;q=0.8, en', 'Accept-Encoding: gzip'),
    get('/healthz') + get('/readyz') + get('/%2e%2e/%00', key),
    post('/api/jsonrpc', rpc, `Content-Length: ${rpc.length}`),
    post('/api/jsonrpc', rpc, `Content-Length: ${rpc.length}`, 'Expect: 100-continue'),
    post('/api/jsonrpc', chunked, 'Transfer-Encoding: chunked'),
    post('/v1/locations', '{"name":"x"}', 'Content-Length: 12', key, 'Idempotency-Key: "a"'),
    post(
      '/v1/session',
      '{}',
      'Content-Length: 2',
      'X-Packhouse-Page: 1',
      'Cookie: packhouse_session=0; a="b',
    ),
    get(
      '/websocket/x?api_key=none',
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
      'Sec-WebSocket-Version: 13',
      `X-API-KEY: ${credentials.thermal.api_key}`,
    ),
  ].map((text) => ({ bytes: Buffer.from(text) }))
  return [...others, ...tooLarge]
}
