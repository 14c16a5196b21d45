export interface ServerEvent {
  readonly id: string
  readonly type: string
  readonly data: unknown
}

/** One event of a stream (WHATWG HTML, section 9.2); null for comments, which say that the stream lives. */
export function readEvent(block: string): ServerEvent | null {
  const fields = new Map<string, string>()
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':')
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1).trimStart())
  }
  const data = fields.get('data')
  if (data === undefined) return null
  return {
    id: fields.get('id') ?? '',
    type: fields.get('event') ?? 'message',
    data: JSON.parse(data) as unknown,
  }
}
