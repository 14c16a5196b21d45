import type { IncomingMessage } from 'node:http'
import getRawBody from 'raw-body'

/** The body has more bytes than it may. What is left of it hasn't been read: see `discardRest`. */
export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge'
}

/** The client ended its request halfway: nobody waits for an answer. */
export class RequestAborted extends Error {
  override readonly name = 'RequestAborted'
}

export interface LeastRate {
  /** How long a body may take whatever its length. */
  readonly graceMs: number
  /** What must have come of a longer one by then, in bytes for each second since its beginning. */
  readonly bytesPerSecond: number
}

/** 128 kbit/s: a poor line is faster, and who keeps others out by bodies that never come has to pay for it. */
const LEAST_RATE: LeastRate = { graceMs: 15_000, bytesPerSecond: 16_384 }
const TOO_SLOW = 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'

/**
 * The bytes as they came, whatever Content-Type and Content-Encoding say. Throws BodyTooLarge and RequestAborted; a client
 * that is too slow is told 408, as by Node for one that takes five minutes.
 */
export async function readBodyBytes(
  request: IncomingMessage,
  bytesMax: number,
  leastRate: LeastRate = LEAST_RATE,
): Promise<Buffer> {
  const stop = watchRate(request, leastRate)
  try {
    return await getRawBody(request, { limit: bytesMax, length: request.headers['content-length'] ?? null })
  } catch (error) {
    if (hasType(error, 'entity.too.large')) throw new BodyTooLarge(`more than ${bytesMax} bytes`)
    // Also before its body was asked for: while its key was looked up, or it waited for room.
    if (hasType(error, 'request.aborted') || request.readableAborted) {
      throw new RequestAborted('the client went away', { cause: error })
    }
    throw error
  } finally {
    stop()
  }
}

/** Ends the connection of a request whose body comes too slowly, until it is told to stop. */
function watchRate(request: IncomingMessage, { graceMs, bytesPerSecond }: LeastRate): () => void {
  const beganAt = performance.now()
  let bytes = 0
  const count = (chunk: Buffer): void => {
    bytes += chunk.length
  }
  const judge = (): void => {
    if (bytes >= ((performance.now() - beganAt) / 1_000) * bytesPerSecond) return
    stop()
    request.socket.end(TOO_SLOW, () => request.destroy())
  }
  const timer = setInterval(judge, graceMs)
  const stop = (): void => {
    clearInterval(timer)
    request.off('data', count)
  }
  request.on('data', count)
  return stop
}

/** For a body that was refused: a client that writes all of it before it reads would else wait for ever. */
export function discardRest(request: IncomingMessage, bytesMax: number): void {
  let discarded = 0
  request.on('data', (chunk: Buffer) => {
    discarded += chunk.length
    if (discarded > bytesMax) request.destroy()
  })
  request.resume()
}

function hasType(error: unknown, type: string): boolean {
  return error instanceof Error && 'type' in error && error.type === type
}
