import type { IncomingMessage } from 'node:http'
import { announcedBytes, type BodyBudget, ROOMLESS_BYTES_MAX } from '../http/body-budget.ts'
import { BodyTooLarge, discardRest, readBodyBytes } from '../http/body-bytes.ts'
import { shapeMistake } from '../http/json-nesting.ts'
import { invalidRequest, RPC_ERRORS, RpcRefusal } from './rpc-error.ts'

/** 40 MiB: a file of 25 MiB in base64 and its surroundings (contracts/rpc.md, section 1). */
const BODY_BYTES_MAX = 41_943_040
/** What is left of a body that was refused for its size is read away up to here, so that the client gets to the answer. */
const DISCARDED_BYTES_MAX = 2 * BODY_BYTES_MAX

/**
 * Five of the largest bodies per address, as many requests as one user may have at once; sixteen in all. Who sends them is
 * in them, so whoever uploads slowly and without credentials takes room as well.
 */
export const RPC_BODIES = {
  callerBytes: 5 * BODY_BYTES_MAX,
  totalBytes: 16 * BODY_BYTES_MAX,
  waitMs: 20_000,
  waitersMax: 1_000,
}
/** RFC 8259, section 2: nothing else is white space. */
const WHITE_SPACE_ALONE = /^[ \t\n\r]*$/

/** Room for the body, to be given back when it is answered. Throws RpcRefusal when there was none in time. */
export async function roomForBody(
  bodies: BodyBudget,
  { request, address }: { readonly request: IncomingMessage; readonly address: string },
): Promise<() => void> {
  const bytes = announcedBytes(request, BODY_BYTES_MAX)
  const isRefused = Number(request.headers['content-length'] ?? 0) > BODY_BYTES_MAX
  if (isRefused || bytes <= ROOMLESS_BYTES_MAX) return () => undefined
  const leave = await bodies.enter(address, bytes)
  if (!leave) throw new RpcRefusal(RPC_ERRORS.crowded)
  return leave
}

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
