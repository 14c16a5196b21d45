import { once } from 'node:events'
import type { Response } from 'express'

export interface SseMessage {
  readonly id?: string
  readonly event: string
  readonly data: unknown
}

/** contracts/cloud-printing.md, sections 2 and 6: so that proxies and clients know that the stream lives. */
const COMMENT_MS = 15_000
/** A reader that takes nothing for so long is gone, or might as well be; it can come back with `Last-Event-ID`. */
const DRAIN_MS = 30_000

/** A stream of server-sent events (WHATWG HTML, section 9.2). */
export class SseWriter {
  readonly #response: Response
  readonly #comments: NodeJS.Timeout
  readonly #drainMs: number

  /** Sends the head. */
  constructor(response: Response, { drainMs = DRAIN_MS }: { readonly drainMs?: number } = {}) {
    this.#response = response
    this.#drainMs = drainMs
    response.status(200).set({
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store',
      // nginx would collect what is written until its buffer is full.
      'X-Accel-Buffering': 'no',
    })
    response.flushHeaders()
    this.#comments = setInterval(() => response.write(':\n\n'), COMMENT_MS)
    response.once('close', () => clearInterval(this.#comments))
  }

  get isOpen(): boolean {
    return !this.#response.writableEnded && !this.#response.destroyed
  }

  send({ id, event, data }: SseMessage): void {
    // JSON has no line breaks, so that one data line is enough.
    const head = id === undefined ? '' : `id: ${id}\n`
    this.#response.write(`${head}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
  }

  /** Resolves when the reader has taken enough of what was sent; cuts off one that doesn't. */
  async drained(): Promise<void> {
    if (!this.#response.writableNeedDrain || !this.isOpen) return
    const limit = AbortSignal.timeout(this.#drainMs)
    const closed = new AbortController()
    try {
      await Promise.race([
        once(this.#response, 'drain', { signal: closed.signal }),
        once(this.#response, 'close', { signal: closed.signal }),
        once(limit, 'abort', { signal: closed.signal }).then(() => this.#response.destroy()),
      ])
    } finally {
      closed.abort()
    }
  }

  end(): void {
    clearInterval(this.#comments)
    this.#response.end()
  }
}
