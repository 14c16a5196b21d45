/** A message, or the body of a preview, as it came: contracts/thermal.md, section 2. */
import { type JsonObject, type JsonValue, NumberText, parseJson } from './json-text.ts'
import { asObject, member } from './lenient.ts'
import { ThermalError } from './thermal-error.ts'

export interface SentMessage {
  /** JSON. */
  readonly text: string
  /** Of a message that is not whole, what `outlineOf` leaves. */
  readonly members: JsonObject
  /** False: it is too heavy to be parsed in the main thread. */
  readonly isWhole: boolean
}

/** What says what is to be done with a message; the rest is what it is done with. */
const OUTLINE = [
  'JobId',
  'DocumentType',
  'PrinterId',
  'Idempotent',
  'Action',
  'Command',
  'PaperWidthMm',
] as const

/** `syntax`: no JSON; `root`: no object. */
export type MessageFault = 'syntax' | 'root'

/** The text is no message. */
export class MessageError extends ThermalError {
  override readonly name = 'MessageError'
  readonly fault: MessageFault

  constructor(fault: MessageFault, message: string, options?: ErrorOptions) {
    super(message, options)
    this.fault = fault
  }
}

/** Throws MessageError. */
export function parseMessage(text: string): JsonObject {
  const message = asObject(parse(text))
  if (!message) throw new MessageError('root', 'Message must be a JSON object')
  return message
}

/** Its members with a plain value, in this contract's spelling, and of its template the type and that there is one. */
export function outlineOf(message: JsonObject): JsonObject {
  const plain = OUTLINE.flatMap((name) => {
    const value = member(message, name)
    return value === undefined || isComposed(value) ? [] : [[name, value] as const]
  })
  const template = member(message, 'Template')
  const isThere = template !== undefined && template !== null
  return Object.fromEntries(isThere ? [...plain, ['Template', templateOutline(template)] as const] : plain)
}

function templateOutline(template: JsonValue): JsonValue {
  const object = asObject(template)
  if (!object) return true
  const type = member(object, 'DocumentType')
  return type === undefined || isComposed(type) ? {} : { DocumentType: type }
}

function isComposed(value: JsonValue): boolean {
  return typeof value === 'object' && value !== null && !(value instanceof NumberText)
}

function parse(text: string): JsonValue {
  try {
    return parseJson(text)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new MessageError('syntax', `Invalid JSON: ${error.message}`, { cause: error })
  }
}
