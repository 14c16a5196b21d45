/** Calls over kept connections, a few at a time, for as long as a sample lasts. */
import { Agent, request } from 'node:http'

/** As the packing stations of a small floor. */
const AT_ONCE = 8

export interface Target {
  readonly url: string
  /** The next call's body; each is sent once. */
  next(): string
}

const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE })

/** Calls a second over `ms`. Throws at the first reply that isn't a result. */
export async function callsPerSecond({ url, next }: Target, ms: number): Promise<number> {
  const startedAt = performance.now()
  let count = 0
  const work = async (): Promise<void> => {
    while (performance.now() - startedAt < ms) {
      assertResult(await post(url, next()))
      count += 1
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return (count / (performance.now() - startedAt)) * 1000
}

export function closeLoad(): void {
  agent.destroy()
}

function post(url: string, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')))
      response.on('error', reject)
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

/** Cheaper than reading all of it: both answer `error` before anything that a caller chose. */
function assertResult(reply: string): void {
  const { error } = reply.startsWith('{"jsonrpc":"2.0","id":1,"result"') ? {} : JSON.parse(reply)
  if (error !== undefined && error !== null) throw new Error(`a call failed: ${reply.slice(0, 300)}`)
}
