import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { eventually } from './eventually.ts'

export interface Received {
  readonly headers: IncomingHttpHeaders
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: bodies are judged by the assertions
  readonly json: any
  /** When the request was complete. */
  readonly at: number
}

/** A real receiver of webhooks on a free port of 127.0.0.1. */
export interface WebhookReceiver {
  readonly url: string
  readonly host: string
  /** Every request so far, oldest first. */
  readonly received: readonly Received[]
  /** How it answers from now on; 204 at first. */
  respond(answer: (request: Received, response: ServerResponse) => void): void
  /** Resolves with all of them once there are so many. */
  atLeast(count: number): Promise<readonly Received[]>
  close(): Promise<void>
}

export async function startWebhookReceiver(port = 0): Promise<WebhookReceiver> {
  const received: Received[] = []
  let answer = (_request: Received, response: ServerResponse): void => {
    response.writeHead(204).end()
  }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8')
      const seen = { headers: request.headers, text, json: JSON.parse(text), at: performance.now() }
      received.push(seen)
      answer(seen, response)
    })
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url: `http://${host}/hook`,
    host,
    received,
    respond(next) {
      answer = next
    },
    atLeast: (count) =>
      eventually(`request ${count} of a webhook`, () => (received.length >= count ? received : undefined)),
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

/** The answer with that status and no body. */
export function withStatus(status: number, headers: Record<string, string> = {}) {
  return (_request: Received, response: ServerResponse): void => {
    response.writeHead(status, headers).end()
  }
}
