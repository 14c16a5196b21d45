/** Requests over connections that are kept, and can all be cut at once: to each server process in turn, as a load balancer sends them. */
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
/** To each process. */
const CONNECTIONS_MAX = 64

export class HttpClient {
  readonly #bases: readonly URL[]
  #turn: number
  #agent: Agent

  constructor(baseUrls: readonly string[]) {
    this.#bases = baseUrls.map((url) => new URL(url))
    this.#turn = Math.floor(Math.random() * baseUrls.length)
    this.#agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS_MAX })
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
    const base = this.#bases[this.#turn++ % this.#bases.length] as URL
    return new Promise((resolve, reject) => {
      const sent = httpRequest(
        {
          agent: this.#agent,
          host: base.hostname,
          port: base.port,
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
    this.#agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS_MAX })
  }
}
