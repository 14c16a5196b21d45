import type { IncomingMessage } from 'node:http'
import getRawBody from 'raw-body'
import { invalidRequest, RPC_ERRORS, RpcRefusal } from './rpc-error.ts'

/** 40 MiB: a file of 25 MiB in base64 and its surroundings (contracts/rpc.md, section 1). */
const BODY_BYTES_MAX = 41_943_040
const NESTING_MAX = 64
const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPENING = new Set(Buffer.from('[{'))
const CLOSING = new Set(Buffer.from(']}'))

/** The bytes as they came, whatever Content-Type and Content-Encoding say. Throws RpcRefusal when there are too many. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  try {
    return await getRawBody(request, {
      limit: BODY_BYTES_MAX,
      length: request.headers['content-length'] ?? null,
    })
  } catch (error) {
    if (isTooLarge(error)) throw new RpcRefusal(RPC_ERRORS.tooLarge)
    throw error
  }
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && 'type' in error && error.type === 'entity.too.large'
}

/** JSON in UTF-8, a byte order mark skipped; throws RpcRefusal by the table of contracts/rpc.md, section 3. */
export function parseBody(bytes: Buffer): unknown {
  const text = decodeUtf8(bytes)
  if (text.trim() === '') throw new RpcRefusal(invalidRequest('the body is empty'))
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
    else if (OPENING.has(byte)) levels += 1
    else if (CLOSING.has(byte)) levels -= 1
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
