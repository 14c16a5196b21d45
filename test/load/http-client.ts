/** Requests over connections that are kept, and can all be cut at once. */
import { Agent, type IncomingMessage, request as httpRequest } from 'node:http'

export interface HttpRequest {
  readonly method?: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly timeoutMs?: number
}

export interface HttpAnswer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly bytes: Buffer
}

const TIMEOUT_MS = 60_000

export class HttpClient {
  readonly #base: URL
  #agent: Agent

  constructor(baseUrl: string, { connectionsMax = 64 }: { readonly connectionsMax?: number } = {}) {
    this.#base = new URL(baseUrl)
    this.#agent = new Agent({ keepAlive: true, maxSockets: connectionsMax })
  }

  /** Rejects when the connection fails or nothing comes for `timeoutMs`. */
  async send(request: HttpRequest): Promise<HttpAnswer> {
    const response = await this.open(request)
    const chunks: Buffer[] = []
    for await (const chunk of response) chunks.push(chunk as Buffer)
    return { status: response.statusCode ?? 0, headers: response.headers, bytes: Buffer.concat(chunks) }
  }

  /** The answer's head; whoever asks reads the rest. */
  open({
    method = 'GET',
    path,
    headers = {},
    body,
    timeoutMs = TIMEOUT_MS,
  }: HttpRequest): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const sent = httpRequest(
        {
          agent: this.#agent,
          host: this.#base.hostname,
          port: this.#base.port,
          method,
          path,
          headers,
          timeout: timeoutMs,
        },
        resolve,
      )
      sent.on('timeout', () => sent.destroy(new Error(`nothing came for ${timeoutMs} ms`)))
      sent.on('error', reject)
      sent.end(body)
    })
  }

  /** Whatever is on its way fails. */
  cut(): void {
    this.#agent.destroy()
    this.#agent = new Agent({ keepAlive: true, maxSockets: this.#agent.maxSockets })
  }
}
