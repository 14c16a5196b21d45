import type { IppDateTime, IppLanguageText, IppValue, IppValueTypes, ValueTag } from './ipp-message.ts'
import { VALUE_TAGS } from './ipp-tags.ts'

type SimpleTag = Exclude<ValueTag, 'collection'>

const TAG_NAMES = new Map<number, SimpleTag>(
  Object.entries(VALUE_TAGS).flatMap(([name, code]) =>
    name === 'collection' ? [] : [[code, name as SimpleTag] as const],
  ),
)

/** One value that isn't a collection; undefined when the octets don't have the length or form that the tag demands. */
export function decodeValue(code: number, octets: Buffer): IppValue | undefined {
  const tag = TAG_NAMES.get(code)
  if (tag === undefined) return { tag: 'other', value: { code, bytes: octets } }
  const value = (DECODERS[tag] as (bytes: Buffer) => IppValue['value'] | undefined)(octets)
  if (value !== undefined) return { tag, value } as IppValue
  // Printers send dates full of zeros for "never": no reason to refuse the rest of the answer.
  return tag === 'dateTime' && octets.length === 11
    ? { tag: 'other', value: { code, bytes: octets } }
    : undefined
}

/** Without the octet that ends texts in C, which some printers send along: no text has it, and PostgreSQL stores none that does. */
const text = (octets: Buffer): string => octets.toString('utf8').replaceAll('\0', '')
/** An out-of-band value has no octets of its own; any that a printer sends say nothing. */
const outOfBand = (): null => null

function integer(octets: Buffer): number | undefined {
  return octets.length === 4 ? octets.readInt32BE() : undefined
}

function languageText(octets: Buffer): IppLanguageText | undefined {
  const language = counted(octets)
  const rest = language && counted(octets.subarray(2 + language.length))
  if (language === undefined || rest === undefined || language.length + rest.length + 4 !== octets.length)
    return undefined
  return { language: text(language), text: text(rest) }
}

function counted(octets: Buffer): Buffer | undefined {
  if (octets.length < 2) return undefined
  const end = 2 + octets.readUInt16BE()
  return end > octets.length ? undefined : octets.subarray(2, end)
}

type DateFields = [month: number, day: number, hour: number, minute: number, second: number, tenth: number]

/** RFC 2579, DateAndTime: the highest value of month, day, hour, minute, second and tenth. */
const DATE_FIELD_MAX = [12, 31, 23, 59, 60, 9]

function dateTime(octets: Buffer): IppDateTime | undefined {
  if (octets.length !== 11) return undefined
  const [month, day, hour, minute, second, tenth] = octets.subarray(2, 8) as unknown as DateFields
  const isInRange = DATE_FIELD_MAX.every((max, index) => octets.readUInt8(2 + index) <= max)
  const utcOffsetMinutes = signedOffset(octets.subarray(8))
  if (!isInRange || month < 1 || day < 1 || utcOffsetMinutes === undefined) return undefined
  const instant = new Date(0)
  instant.setUTCFullYear(octets.readUInt16BE(0), month - 1, day)
  instant.setUTCHours(hour, minute - utcOffsetMinutes, second, tenth * 100)
  return { instant, utcOffsetMinutes }
}

function signedOffset(octets: Buffer): number | undefined {
  const [sign = 0, hours = 0, minutes = 0] = octets
  if (hours > 14 || minutes > 59) return undefined
  if (sign === '+'.charCodeAt(0)) return hours * 60 + minutes
  return sign === '-'.charCodeAt(0) ? -(hours * 60 + minutes) : undefined
}

function resolution(octets: Buffer): IppValueTypes['resolution'] | undefined {
  if (octets.length !== 9) return undefined
  return {
    crossFeed: octets.readInt32BE(0),
    feed: octets.readInt32BE(4),
    units: octets.readUInt8(8) === 4 ? 'dpcm' : 'dpi',
  }
}

function rangeOfInteger(octets: Buffer): IppValueTypes['rangeOfInteger'] | undefined {
  return octets.length === 8 ? { lower: octets.readInt32BE(0), upper: octets.readInt32BE(4) } : undefined
}

const DECODERS: { readonly [T in SimpleTag]: (octets: Buffer) => IppValueTypes[T] | undefined } = {
  unsupported: outOfBand,
  default: outOfBand,
  unknown: outOfBand,
  'no-value': outOfBand,
  'not-settable': outOfBand,
  'delete-attribute': outOfBand,
  'admin-define': outOfBand,
  integer,
  boolean: (octets) => (octets.length === 1 ? octets.readUInt8() !== 0 : undefined),
  enum: integer,
  octetString: (octets) => octets,
  dateTime,
  resolution,
  rangeOfInteger,
  textWithLanguage: languageText,
  nameWithLanguage: languageText,
  textWithoutLanguage: text,
  nameWithoutLanguage: text,
  keyword: text,
  uri: text,
  uriScheme: text,
  charset: text,
  naturalLanguage: text,
  mimeMediaType: text,
}
