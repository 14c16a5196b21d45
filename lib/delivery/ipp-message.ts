import { ATTRIBUTE_TAGS, type VALUE_TAGS } from './ipp-tags.ts'

/** What a value of each tag looks like. Out-of-band values (RFC 8010, section 3.8) have none. */
export interface IppValueTypes {
  unsupported: null
  default: null
  unknown: null
  'no-value': null
  'not-settable': null
  'delete-attribute': null
  'admin-define': null
  integer: number
  boolean: boolean
  enum: number
  octetString: Uint8Array
  dateTime: IppDateTime
  resolution: IppResolution
  rangeOfInteger: IppRange
  collection: readonly IppAttribute[]
  textWithLanguage: IppLanguageText
  nameWithLanguage: IppLanguageText
  textWithoutLanguage: string
  nameWithoutLanguage: string
  keyword: string
  uri: string
  uriScheme: string
  charset: string
  naturalLanguage: string
  mimeMediaType: string
  /** A tag that the standard doesn't name, or a date that is none: the octets as they came. */
  other: { readonly code: number; readonly bytes: Uint8Array }
}

/** RFC 2579 DateAndTime: the instant, and the offset it was written with. */
export interface IppDateTime {
  readonly instant: Date
  readonly utcOffsetMinutes: number
}

interface IppResolution {
  readonly crossFeed: number
  readonly feed: number
  readonly units: 'dpi' | 'dpcm'
}

interface IppRange {
  readonly lower: number
  readonly upper: number
}

export interface IppLanguageText {
  readonly language: string
  readonly text: string
}

export type ValueTag = keyof typeof VALUE_TAGS
export type IppValue = {
  [T in keyof IppValueTypes]: { readonly tag: T; readonly value: IppValueTypes[T] }
}[keyof IppValueTypes]

/** More than one value is the standard's 1setOf. */
export interface IppAttribute {
  readonly name: string
  readonly values: readonly IppValue[]
}

export interface IppGroup {
  /** One of GROUP, or a tag that we don't know. */
  readonly tag: number
  readonly attributes: readonly IppAttribute[]
}

/** A request, whose `code` is an operation, or a response, whose `code` is a status. */
export interface IppMessage {
  readonly version: readonly [major: number, minor: number]
  readonly code: number
  readonly requestId: number
  readonly groups: readonly IppGroup[]
}

type AttributeName = keyof typeof ATTRIBUTE_TAGS
type AttributeValue<N extends AttributeName> = IppValueTypes[(typeof ATTRIBUTE_TAGS)[N]]

/**
 * An attribute that we send, with the tag that the table gives it.
 * `attribute('media', 'iso_a4_210x297mm')` is `{name: 'media', values: [{tag: 'keyword', value: 'iso_a4_210x297mm'}]}`
 */
export function attribute<N extends AttributeName>(
  name: N,
  ...values: readonly AttributeValue<N>[]
): IppAttribute {
  const tag = ATTRIBUTE_TAGS[name]
  return { name, values: values.map((value) => ({ tag, value }) as unknown as IppValue) }
}

/** The values of the first attribute of that name in the group, none if it is absent. */
export function valuesOf(group: IppGroup | undefined, name: string): readonly IppValue[] {
  return group?.attributes.find((candidate) => candidate.name === name)?.values ?? []
}

/** Every text, name, keyword, uri or media type among the values; out-of-band values are none. */
export function stringsOf(group: IppGroup | undefined, name: string): string[] {
  return valuesOf(group, name).flatMap(({ tag, value }) => {
    if (typeof value === 'string') return [value]
    return tag === 'textWithLanguage' || tag === 'nameWithLanguage' ? [value.text] : []
  })
}

/** The first integer or enum, else undefined. */
export function numberOf(group: IppGroup | undefined, name: string): number | undefined {
  const value = valuesOf(group, name)[0]?.value
  return typeof value === 'number' ? value : undefined
}

export function groupOf(message: IppMessage, tag: number): IppGroup | undefined {
  return message.groups.find((group) => group.tag === tag)
}
