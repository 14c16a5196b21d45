/** Server-sent events, as a client without a library reads them. */
export interface StreamReader {
  readonly headers: Headers
  /** The next event; null at the end. Comments are passed over. */
  next(): Promise<{ readonly event: string; readonly data: unknown } | null>
  close(): void
}

export async function readEvents(url: string, headers: Record<string, string>): Promise<StreamReader> {
  const controller = new AbortController()
  const response = await fetch(url, { headers, signal: controller.signal })
  if (response.status !== 200 || !response.body) throw new Error(`${url}: ${response.status}`)
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  const next: StreamReader['next'] = async () => {
    for (;;) {
      const end = text.indexOf('\n\n')
      if (end >= 0) {
        const part = text.slice(0, end)
        text = text.slice(end + 2)
        const event = fieldOf(part, 'event')
        if (event !== undefined) return { event, data: JSON.parse(fieldOf(part, 'data') ?? 'null') }
        continue
      }
      const { done, value } = await reader.read()
      if (done) return null
      text += decoder.decode(value, { stream: true })
    }
  }
  return { headers: response.headers, next, close: () => controller.abort() }
}

/** A line ends with LF alone: U+2028, where a regular expression sees an end, may stand in it. */
function fieldOf(part: string, name: string): string | undefined {
  const line = part.split('\n').find((each) => each.startsWith(`${name}: `))
  return line?.slice(name.length + 2)
}
