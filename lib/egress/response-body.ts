import type { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib'
import { EgressError } from './egress.ts'
import type { EgressResponse } from './egress-request.ts'

/** The content codings that `readBody` takes, as a value of Accept-Encoding. */
export const ACCEPT_ENCODING = 'gzip, deflate, br'

const DECODERS: ReadonlyMap<string, (firstByte: number) => Transform> = new Map([
  ['gzip', () => createGunzip()],
  ['x-gzip', () => createGunzip()],
  ['br', () => createBrotliDecompress()],
  ['deflate', createInflateEither],
])

/**
 * The whole body, decoded. Throws EgressError `too_large` as soon as more than `maxBytes` are announced or have come out of
 * the decoder, `unreachable` for a content coding nobody asked for; errors of socket and decoder pass through.
 */
export async function readBody(response: EgressResponse, maxBytes: number, host: string): Promise<Buffer> {
  const tooLarge = (): EgressError => new EgressError('too_large', `${host} sent more than ${maxBytes} bytes`)
  const coding = response.headers['content-encoding']?.trim().toLowerCase() ?? ''
  if (coding === '' || coding === 'identity') {
    if (Number(response.headers['content-length'] ?? 0) > maxBytes) throw tooLarge()
    return collect(response.body, maxBytes, tooLarge)
  }
  const createDecoder = DECODERS.get(coding)
  if (!createDecoder)
    throw new EgressError('unreachable', `${host} sent a content coding that is not supported`)
  const encoded = atMost(response.body, encodedBytesMax(maxBytes), tooLarge)
  return collect(decode(encoded, createDecoder), maxBytes, tooLarge)
}

/** Coding what can't be compressed adds under 0.1 %. Without a limit a body of empty blocks would decode to nothing for ever. */
function encodedBytesMax(maxBytes: number): number {
  return maxBytes + Math.ceil(maxBytes / 256) + 1024
}

async function collect(
  source: AsyncIterable<Buffer>,
  maxBytes: number,
  tooLarge: () => Error,
): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of atMost(source, maxBytes, tooLarge)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

async function* atMost(
  source: AsyncIterable<Buffer>,
  maxBytes: number,
  tooLarge: () => Error,
): AsyncGenerator<Buffer> {
  let sizeBytes = 0
  for await (const chunk of source) {
    sizeBytes += chunk.length
    if (sizeBytes > maxBytes) throw tooLarge()
    yield chunk
  }
}

async function* decode(
  encoded: AsyncGenerator<Buffer>,
  createDecoder: (firstByte: number) => Transform,
): AsyncGenerator<Buffer> {
  const head = await encoded.next()
  if (head.done === true) return
  const decoder = createDecoder(head.value[0] ?? 0)
  // The reader of the decoder hears of every error; the promise alone would be one more, unhandled.
  pipeline(resume(head.value, encoded), decoder).catch(() => {})
  yield* decoder
}

async function* resume(head: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield head
  yield* rest
}

/** `deflate` means the zlib format (RFC 9110, 8.4.1.2), yet some servers send it bare. CM = 8 tells (RFC 1950, 2.2). */
function createInflateEither(firstByte: number): Transform {
  return (firstByte & 0x0f) === 8 ? createInflate() : createInflateRaw()
}
