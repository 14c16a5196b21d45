/** Calls over kept connections, a few at a time, for as long as a sample lasts. */
import { Agent, request } from 'node:http'

/** As the packing stations of a small floor. */
const AT_ONCE = 8

export interface Target {
  readonly url: string
  /** `POST` if absent. */
  readonly method?: 'GET' | 'POST'
  /** Beside those of the body. */
  readonly headers?: Readonly<Record<string, string>>
  /** The next call's body; each is sent once. */
  next(): string
}

const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE })

/** Calls a second over `ms`. Throws at the first reply that isn't a result. */
export async function callsPerSecond(target: Target, ms: number): Promise<number> {
  const startedAt = performance.now()
  let count = 0
  const work = async (): Promise<void> => {
    while (performance.now() - startedAt < ms) {
      assertResult(await send(target))
      count += 1
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return (count / (performance.now() - startedAt)) * 1000
}

export function closeLoad(): void {
  agent.destroy()
}

interface Reply {
  readonly status: number
  readonly text: string
}

function send({ url, method = 'POST', headers, next }: Target): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const body = next()
    const described = body === '' ? {} : { 'content-type': 'application/json' }
    const all = { ...described, 'content-length': Buffer.byteLength(body), ...headers }
    const sent = request(url, { method, agent, headers: all }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
      )
      response.on('error', reject)
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

/** Cheaper than reading all of it: JSON-RPC answers `error` with status 200, before anything that a caller chose. */
function assertResult({ status, text }: Reply): void {
  const isFailed = status >= 300 || (text.startsWith('{"jsonrpc"') && !text.startsWith(RESULT))
  if (isFailed) throw new Error(`a call failed: ${status} ${text.slice(0, 300)}`)
}

const RESULT = '{"jsonrpc":"2.0","id":1,"result"'
