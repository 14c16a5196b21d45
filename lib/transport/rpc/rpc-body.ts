import type { IncomingMessage } from 'node:http'
import { BodyTooLarge, discardRest, readBodyBytes } from '../http/body-bytes.ts'
import { shapeMistake } from '../http/json-nesting.ts'
import { invalidRequest, RPC_ERRORS, RpcRefusal } from './rpc-error.ts'

/** 40 MiB: a file of 25 MiB in base64 and its surroundings (contracts/rpc.md, section 1). */
const BODY_BYTES_MAX = 41_943_040
/** What is left of a body that was refused for its size is read away up to here, so that the client gets to the answer. */
const DISCARDED_BYTES_MAX = 2 * BODY_BYTES_MAX
/** RFC 8259, section 2: nothing else is white space. */
const WHITE_SPACE_ALONE = /^[ \t\n\r]*$/

/** The bytes as they came, whatever Content-Type and Content-Encoding say. Throws RpcRefusal when there are too many. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  try {
    return await readBodyBytes(request, BODY_BYTES_MAX)
  } catch (error) {
    if (!(error instanceof BodyTooLarge)) throw error
    discardRest(request, DISCARDED_BYTES_MAX)
    throw new RpcRefusal(RPC_ERRORS.tooLarge)
  }
}

export interface ParsedBody {
  readonly value: unknown
  /** What it was parsed from. */
  readonly text: string
}

/** JSON in UTF-8, a byte order mark skipped; throws RpcRefusal by the table of contracts/rpc.md, section 3. */
export function parseBody(bytes: Buffer): ParsedBody {
  const text = decodeUtf8(bytes)
  if (WHITE_SPACE_ALONE.test(text)) throw new RpcRefusal(invalidRequest('the body is empty'))
  const mistake = shapeMistake(bytes)
  if (mistake !== null) throw new RpcRefusal(invalidRequest(mistake))
  try {
    return { value: JSON.parse(text) as unknown, text }
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
