import type { IppAttribute, IppDateTime, IppMessage, IppValue, IppValueTypes } from './ipp-message.ts'
import { END_COLLECTION, END_OF_ATTRIBUTES, MEMBER_NAME, VALUE_TAGS } from './ipp-tags.ts'

/** A value's length is a SIGNED-SHORT: RFC 8010, section 3.2. */
const LENGTH_MAX = 0x7fff
const UNITS = { dpi: 3, dpcm: 4 } as const
const EMPTY = Buffer.alloc(0)

/** The octets of RFC 8010 up to and with end-of-attributes; document data follows them. Throws RangeError for what can't be written. */
export function encodeMessage(message: IppMessage): Buffer {
  const head = Buffer.alloc(8)
  head.writeUInt8(message.version[0], 0)
  head.writeUInt8(message.version[1], 1)
  head.writeUInt16BE(message.code, 2)
  head.writeInt32BE(message.requestId, 4)
  const groups = message.groups.flatMap((group) => [
    Buffer.of(group.tag),
    ...group.attributes.flatMap(encodeAttribute),
  ])
  return Buffer.concat([head, ...groups, Buffer.of(END_OF_ATTRIBUTES)])
}

/** Further values of a 1setOf have an empty name: section 3.1.5. */
function encodeAttribute(attribute: IppAttribute): Buffer[] {
  if (attribute.values.length === 0) throw new RangeError(`IPP attribute ${attribute.name} has no value`)
  return attribute.values.flatMap((value, index) => encodeValue(index === 0 ? attribute.name : '', value))
}

function encodeValue(name: string, value: IppValue): Buffer[] {
  if (value.tag === 'collection') return encodeCollection(name, value.value)
  if (value.tag === 'other') return [tagged(value.value.code, name, Buffer.from(value.value.bytes))]
  const encode = ENCODERS[value.tag] as (plain: IppValue['value']) => Buffer
  return [tagged(VALUE_TAGS[value.tag], name, encode(value.value))]
}

/** Section 3.1.6: every member is its name as a value, then its values without one. */
function encodeCollection(name: string, members: readonly IppAttribute[]): Buffer[] {
  const body = members.flatMap((member) => [
    tagged(MEMBER_NAME, '', text(member.name)),
    ...encodeAttribute({ name: '', values: member.values }),
  ])
  return [tagged(VALUE_TAGS.collection, name, EMPTY), ...body, tagged(END_COLLECTION, '', EMPTY)]
}

function tagged(tag: number, name: string, value: Buffer): Buffer {
  return Buffer.concat([Buffer.of(tag), counted(text(name)), counted(value)])
}

function counted(bytes: Buffer): Buffer {
  if (bytes.length > LENGTH_MAX) throw new RangeError(`IPP value of ${bytes.length} octets is too long`)
  const length = Buffer.alloc(2)
  length.writeUInt16BE(bytes.length)
  return Buffer.concat([length, bytes])
}

function integers(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  values.forEach((value, index) => {
    if (!Number.isInteger(value)) throw new RangeError(`IPP integer ${value} is not whole`)
    bytes.writeInt32BE(value, index * 4)
  })
  return bytes
}

function text(value: string): Buffer {
  return Buffer.from(value, 'utf8')
}

function languageText(value: IppValueTypes['textWithLanguage']): Buffer {
  return Buffer.concat([counted(text(value.language)), counted(text(value.text))])
}

function dateTime({ instant, utcOffsetMinutes }: IppDateTime): Buffer {
  const local = new Date(instant.getTime() + utcOffsetMinutes * 60_000)
  const offset = Math.abs(utcOffsetMinutes)
  const bytes = Buffer.alloc(11)
  bytes.writeUInt16BE(local.getUTCFullYear(), 0)
  const fields = [
    local.getUTCMonth() + 1,
    local.getUTCDate(),
    local.getUTCHours(),
    local.getUTCMinutes(),
    local.getUTCSeconds(),
    Math.floor(local.getUTCMilliseconds() / 100),
    (utcOffsetMinutes < 0 ? '-' : '+').charCodeAt(0),
    Math.floor(offset / 60),
    offset % 60,
  ]
  bytes.set(fields, 2)
  return bytes
}

const outOfBand = (): Buffer => EMPTY

const ENCODERS: {
  readonly [T in Exclude<keyof IppValueTypes, 'collection' | 'other'>]: (value: IppValueTypes[T]) => Buffer
} = {
  unsupported: outOfBand,
  default: outOfBand,
  unknown: outOfBand,
  'no-value': outOfBand,
  'not-settable': outOfBand,
  'delete-attribute': outOfBand,
  'admin-define': outOfBand,
  integer: (value) => integers(value),
  boolean: (value) => Buffer.of(value ? 1 : 0),
  enum: (value) => integers(value),
  octetString: (value) => Buffer.from(value),
  dateTime,
  resolution: (value) =>
    Buffer.concat([integers(value.crossFeed, value.feed), Buffer.of(UNITS[value.units])]),
  rangeOfInteger: (value) => integers(value.lower, value.upper),
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
