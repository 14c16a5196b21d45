import { leave, readJson, Refused, send } from './request.ts'

interface Envelope<Data> {
  readonly status: number
  readonly message: string
  readonly data: Data
  readonly code: string | null
  readonly pagination: { readonly total_count: number; readonly has_more: boolean } | null
}

export interface RestCall {
  readonly method?: 'GET' | 'POST' | 'DELETE'
  readonly body?: unknown
  /** The same again is done once. */
  readonly idempotencyKey?: string
}

/** The envelope of the answer. Throws Unreachable and Refused. */
export async function callRest<Data>(path: string, call: RestCall = {}): Promise<Envelope<Data>> {
  const { method = call.body === undefined ? 'GET' : 'POST', body, idempotencyKey } = call
  const answer = await send(path, {
    method,
    headers: {
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...(idempotencyKey !== undefined && { 'Idempotency-Key': idempotencyKey }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const envelope = await readJson<Envelope<Data>>(answer)
  if (answer.ok) return envelope
  if (answer.status === 401) leave()
  throw new Refused(envelope.message, envelope.code ?? String(answer.status))
}

export async function get<Data>(path: string): Promise<Data> {
  return (await callRest<Data>(path)).data
}

const LIST_LIMIT = 100

/** A list page by page, up to `max` items of it. `hasMore`: there are others. `path` ends with a query, or with `?`. */
export async function listAll<Item>(
  path: string,
  max: number,
): Promise<{ readonly items: readonly Item[]; readonly hasMore: boolean }> {
  const items: Item[] = []
  for (let page = 1; ; page += 1) {
    const { data, pagination } = await callRest<readonly Item[]>(`${path}&limit=${LIST_LIMIT}&page=${page}`)
    items.push(...data)
    const hasMore = pagination?.has_more ?? false
    if (!hasMore || items.length >= max) return { items: items.slice(0, max), hasMore }
  }
}

export async function post<Data>(path: string, body: unknown = {}, idempotencyKey?: string): Promise<Data> {
  return (await callRest<Data>(path, { body, ...(idempotencyKey !== undefined && { idempotencyKey }) })).data
}

/** The address of a picture that only the session may fetch; to be revoked. Null where there is none. */
export async function fetchPicture(path: string): Promise<string | null> {
  const answer = await send(path)
  return answer.ok ? URL.createObjectURL(await answer.blob()) : null
}
