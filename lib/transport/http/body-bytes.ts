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

/** The bytes as they came, whatever Content-Type and Content-Encoding say. Throws BodyTooLarge and RequestAborted. */
export async function readBodyBytes(request: IncomingMessage, bytesMax: number): Promise<Buffer> {
  try {
    return await getRawBody(request, { limit: bytesMax, length: request.headers['content-length'] ?? null })
  } catch (error) {
    if (hasType(error, 'entity.too.large')) throw new BodyTooLarge(`more than ${bytesMax} bytes`)
    // Also before its body was asked for: while its key was looked up, or it waited for room.
    if (hasType(error, 'request.aborted') || request.readableAborted) {
      throw new RequestAborted('the client went away', { cause: error })
    }
    throw error
  }
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
