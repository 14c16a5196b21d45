import { signal } from '@preact/signals'
import { reportAnswered, reportLost } from './connection.ts'
import { readEvent, type ServerEvent } from './event-reader.ts'
import { BASE, leave, PAGE_HEADERS } from './request.ts'

/** The server sends a comment every 15 s: what is silent for longer is dead. EventSource would hide them. */
const SILENCE_MS = 20_000
const AGAIN_MS = [300, 1_000, 2_000, 3_000] as const
/** A user has ten streams. */
const TOO_MANY = 429

/** Whether the server tells what happens. False with too many pages of one user: then a page has to look by itself. */
export const isLive = signal(true)

export interface Follower {
  onEvent(event: ServerEvent): void
  /** The stream is open, perhaps again: what happened meanwhile may not be told. */
  onOpen(): void
}

/**
 * Follows `/v1/events` for as long as the page is there, through every loss of the connection. A page that nobody sees doesn't:
 * browsers have six connections for one server, and every one that follows holds one of them.
 */
export async function follow(topics: readonly string[], follower: Follower): Promise<never> {
  let lastId = ''
  let failures = 0
  for (;;) {
    await shown()
    try {
      for await (const event of open(topics, lastId, follower)) {
        failures = 0
        lastId = event.id || lastId
        follower.onEvent(event)
      }
    } catch {
      if (!document.hidden) reportLost()
    }
    await pause(AGAIN_MS[Math.min(failures, AGAIN_MS.length - 1)] ?? 0)
    failures += 1
  }
}

async function* open(
  topics: readonly string[],
  lastId: string,
  follower: Follower,
): AsyncGenerator<ServerEvent> {
  const controller = new AbortController()
  const offline = () => controller.abort()
  const hide = () => {
    if (document.hidden) controller.abort()
  }
  window.addEventListener('offline', offline)
  document.addEventListener('visibilitychange', hide)
  try {
    const answer = await fetch(`${BASE}/v1/events?topics=${topics.join()}`, {
      headers: { ...PAGE_HEADERS, ...(lastId !== '' && { 'Last-Event-ID': lastId }) },
      signal: controller.signal,
      cache: 'no-store',
    })
    if (answer.status === 401) leave()
    isLive.value = answer.status !== TOO_MANY
    follower.onOpen()
    if (!answer.ok || !answer.body) return
    reportAnswered()
    yield* read(answer.body, controller)
  } finally {
    window.removeEventListener('offline', offline)
    document.removeEventListener('visibilitychange', hide)
    controller.abort()
  }
}

async function* read(
  body: ReadableStream<Uint8Array>,
  controller: AbortController,
): AsyncGenerator<ServerEvent> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  for (;;) {
    const silence = setTimeout(() => controller.abort(), SILENCE_MS)
    const { done, value } = await reader.read().finally(() => clearTimeout(silence))
    if (done) return
    text += decoder.decode(value, { stream: true })
    const blocks = text.split('\n\n')
    text = blocks.pop() ?? ''
    for (const block of blocks) {
      const event = readEvent(block)
      if (event) yield event
    }
  }
}

function shown(): Promise<void> {
  if (!document.hidden) return Promise.resolve()
  return new Promise((resolve) =>
    document.addEventListener('visibilitychange', () => resolve(), { once: true }),
  )
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
