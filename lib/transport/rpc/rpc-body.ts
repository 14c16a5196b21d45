import type { IncomingMessage } from 'node:http'
import getRawBody from 'raw-body'
import { invalidRequest, RPC_ERRORS, RpcRefusal } from './rpc-error.ts'

/** 40 MiB: a file of 25 MiB in base64 and its surroundings (contracts/rpc.md, section 1). */
const BODY_BYTES_MAX = 41_943_040
const NESTING_MAX = 64
const QUOTE = 0x22
const BACKSLASH = 0x5c
const [OPENING_BRACKET, OPENING_BRACE, CLOSING_BRACKET, CLOSING_BRACE] = [0x5b, 0x7b, 0x5d, 0x7d]
/** What is left of a body that was refused for its size is read away up to here, so that the client gets to the answer. */
const DISCARDED_BYTES_MAX = 2 * BODY_BYTES_MAX
/** RFC 8259, section 2: nothing else is white space. */
const WHITE_SPACE_ALONE = /^[ \t\n\r]*$/

/** The bytes as they came, whatever Content-Type and Content-Encoding say. Throws RpcRefusal when there are too many. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  try {
    return await getRawBody(request, {
      limit: BODY_BYTES_MAX,
      length: request.headers['content-length'] ?? null,
    })
  } catch (error) {
    if (hasType(error, 'entity.too.large')) throw new RpcRefusal(RPC_ERRORS.tooLarge)
    throw hasType(error, 'request.aborted')
      ? new RequestAborted('the client went away', { cause: error })
      : error
  }
}

/** The client ended its request halfway: nobody waits for an answer. */
export class RequestAborted extends Error {
  override readonly name = 'RequestAborted'
}

/** For a body that was refused: a client that writes all of it before it reads would else wait for ever. */
export function discardRest(request: IncomingMessage): void {
  let discarded = 0
  request.on('data', (chunk: Buffer) => {
    discarded += chunk.length
    if (discarded > DISCARDED_BYTES_MAX) request.destroy()
  })
  request.resume()
}

function hasType(error: unknown, type: string): boolean {
  return error instanceof Error && 'type' in error && error.type === type
}

/** JSON in UTF-8, a byte order mark skipped; throws RpcRefusal by the table of contracts/rpc.md, section 3. */
export function parseBody(bytes: Buffer): unknown {
  const text = decodeUtf8(bytes)
  if (WHITE_SPACE_ALONE.test(text)) throw new RpcRefusal(invalidRequest('the body is empty'))
  if (isNestedDeeper(bytes, NESTING_MAX)) {
    throw new RpcRefusal(invalidRequest(`more than ${NESTING_MAX} levels of arrays and objects`))
  }
  try {
    return JSON.parse(text)
  } catch (error) {
    throw error instanceof SyntaxError ? new RpcRefusal(RPC_ERRORS.parse) : error
  }
}

function decodeUtf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new RpcRefusal(RPC_ERRORS.parse)
  }
}

/**
 * Looks at the bytes, before JSON.parse builds forty million arrays from forty megabytes of "[". Strings are skipped by
 * indexOf, since nearly all of a large body is one base64 string.
 */
export function isNestedDeeper(json: Buffer, levelsMax: number): boolean {
  let levels = 0
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at] as number
    if (byte === QUOTE) at = endOfString(json, at)
    else if (byte === OPENING_BRACKET || byte === OPENING_BRACE) levels += 1
    else if (byte === CLOSING_BRACKET || byte === CLOSING_BRACE) levels -= 1
    if (levels > levelsMax) return true
  }
  return false
}

/** Index of the quote that ends the string that begins at `start`; the end of the text if none does. */
function endOfString(json: Buffer, start: number): number {
  let end = json.indexOf(QUOTE, start + 1)
  while (end !== -1 && isEscaped(json, end)) end = json.indexOf(QUOTE, end + 1)
  return end === -1 ? json.length : end
}

function isEscaped(json: Buffer, at: number): boolean {
  let backslashes = 0
  while (json[at - 1 - backslashes] === BACKSLASH) backslashes += 1
  return backslashes % 2 === 1
}
