import type { IncomingMessage } from 'node:http'
import { BodyTooLarge, discardRest, readBodyBytes } from '../http/body-bytes.ts'
import { shapeMistake } from '../http/json-nesting.ts'
import { invalidRequest, notJson, RestRefusal } from './rest-refusal.ts'

/** 1 MiB: contracts/cloud-printing.md, section 1. */
export const BODY_BYTES_MAX = 1_048_576
/** What is left of a body that was refused for its size is read away up to here. */
const DISCARDED_BYTES_MAX = 80 * BODY_BYTES_MAX
/** RFC 9110, section 8.3.1: names in any case; the charset may be quoted. */
const JSON_CONTENT_TYPE = /^application\/json *(;|$)/i
const CHARSET = /; *charset *= *"?([^";\s]*)/i
/** RFC 8259, section 2: nothing else is white space. */
const WHITE_SPACE_ALONE = /^[ \t\n\r]*$/

export interface JsonBody {
  readonly value: Record<string, unknown>
  /** As it came: numbers have their digits there. */
  readonly text: string
}

/**
 * The JSON object of a body, `{}` for an empty one. Throws RestRefusal in the order of the contract's table, so the
 * size is judged before the type.
 */
export async function readJsonBody(request: IncomingMessage, bytesMax: number): Promise<JsonBody> {
  const { value, text } = parseJson(await readTextBody(request, bytesMax))
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidRequest(['body must be an object'])
  }
  return { value: value as Record<string, unknown>, text }
}

/** A body that is parsed elsewhere; `{}` for an empty one. Throws RestRefusal, but not for what is no JSON. */
export async function readTextBody(request: IncomingMessage, bytesMax: number): Promise<string> {
  const bytes = await readBytes(request, bytesMax)
  assertJsonType(request)
  const mistake = shapeMistake(bytes)
  if (mistake !== null) throw new RestRefusal('invalid_json', `The body has ${mistake}`)
  const text = decode(bytes)
  return WHITE_SPACE_ALONE.test(text) ? '{}' : text
}

async function readBytes(request: IncomingMessage, bytesMax: number): Promise<Buffer> {
  try {
    return await readBodyBytes(request, bytesMax)
  } catch (error) {
    if (!(error instanceof BodyTooLarge)) throw error
    discardRest(request, DISCARDED_BYTES_MAX)
    const limit = bytesMax < 1_048_576 ? `${bytesMax / 1_024} KiB` : `${bytesMax / 1_048_576} MiB`
    throw new RestRefusal('payload_too_large', `The body is larger than ${limit}`)
  }
}

function assertJsonType({ headers }: IncomingMessage): void {
  const type = headers['content-type']
  const coding = headers['content-encoding']
  const isJson = type === undefined || (JSON_CONTENT_TYPE.test(type) && isUtf8(type))
  if (isJson && (coding === undefined || /^identity$/i.test(coding))) return
  throw new RestRefusal('unsupported_media_type', 'Send application/json in UTF-8, without content coding')
}

function isUtf8(contentType: string): boolean {
  return /^(utf-?8)?$/i.test(CHARSET.exec(contentType)?.[1] ?? '')
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    throw error instanceof TypeError ? notJson() : error
  }
}

function parseJson(text: string): { readonly value: unknown; readonly text: string } {
  try {
    return { value: JSON.parse(text), text }
  } catch (error) {
    throw error instanceof SyntaxError ? notJson() : error
  }
}

/**
 * The value without members that are null, at any depth: null counts as absent. Entries and `fromEntries` keep a member
 * named `__proto__` a member like any other.
 */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null)
      .map(([name, member]) => [name, withoutNulls(member)]),
  )
}
