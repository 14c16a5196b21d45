import type { IppAttribute, IppGroup, IppMessage, IppValue } from './ipp-message.ts'
import { END_COLLECTION, END_OF_ATTRIBUTES, FIRST_VALUE_TAG, MEMBER_NAME, VALUE_TAGS } from './ipp-tags.ts'
import { decodeValue } from './ipp-value-decoder.ts'

/** More than any printer's answer to our questions; a hostile one stops here. */
export const IPP_MESSAGE_BYTES_MAX = 1024 * 1024
const NESTING_MAX = 8
const ATTRIBUTES_MAX = 10_000

/** The octets are no message of RFC 8010, or pass a limit. The only thing that decoding throws. */
export class IppDecodeError extends Error {
  override readonly name = 'IppDecodeError'
}

interface OpenAttribute {
  readonly name: string
  readonly values: IppValue[]
}

interface OpenGroup {
  readonly tag: number
  readonly attributes: OpenAttribute[]
}

/** Reads a request or a response; document data behind end-of-attributes is left alone. */
export function decodeMessage(bytes: Uint8Array): IppMessage {
  if (bytes.length > IPP_MESSAGE_BYTES_MAX)
    throw new IppDecodeError(`IPP message over ${IPP_MESSAGE_BYTES_MAX} octets`)
  const decoder = new Decoder(bytes)
  return {
    version: [decoder.byte(), decoder.byte()],
    code: decoder.short(),
    requestId: decoder.integer(),
    groups: decoder.groups(),
  }
}

class Decoder {
  readonly #bytes: Buffer
  #offset = 0
  #attributeCount = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  byte(): number {
    return this.#take(1).readUInt8()
  }

  short(): number {
    return this.#take(2).readUInt16BE()
  }

  integer(): number {
    return this.#take(4).readInt32BE()
  }

  groups(): IppGroup[] {
    const groups: OpenGroup[] = []
    for (;;) {
      const tag = this.byte()
      if (tag === END_OF_ATTRIBUTES) return groups
      if (tag < FIRST_VALUE_TAG) groups.push({ tag, attributes: [] })
      else this.#attribute(tag, groups.at(-1))
    }
  }

  #attribute(tag: number, group: OpenGroup | undefined): void {
    if (group === undefined) throw new IppDecodeError('IPP attribute outside of a group')
    const name = this.#counted().toString('utf8')
    if (name !== '') group.attributes.push(this.#open(name))
    const current = group.attributes.at(-1)
    if (current === undefined) throw new IppDecodeError('IPP value without an attribute')
    current.values.push(this.#value(tag, 0))
  }

  #value(tag: number, depth: number): IppValue {
    if (tag === END_COLLECTION || tag === MEMBER_NAME)
      throw new IppDecodeError('IPP member outside of a collection')
    const octets = this.#counted()
    if (tag === VALUE_TAGS.collection) return { tag: 'collection', value: this.#collection(depth + 1) }
    const value = decodeValue(tag, octets)
    if (value === undefined) throw new IppDecodeError(`IPP value of tag ${tag} has ${octets.length} octets`)
    return value
  }

  /** RFC 8010, section 3.1.6. */
  #collection(depth: number): IppAttribute[] {
    if (depth > NESTING_MAX) throw new IppDecodeError(`IPP collections nested over ${NESTING_MAX} deep`)
    const members: OpenAttribute[] = []
    for (;;) {
      const tag = this.byte()
      if (tag < FIRST_VALUE_TAG) throw new IppDecodeError('IPP group inside of a collection')
      if (this.#counted().length > 0) throw new IppDecodeError('IPP member with a name of its own')
      if (tag === END_COLLECTION) break
      if (tag === MEMBER_NAME) members.push(this.#open(this.#counted().toString('utf8')))
      else this.#member(members).values.push(this.#value(tag, depth))
    }
    this.#counted()
    if (members.some((member) => member.values.length === 0))
      throw new IppDecodeError('IPP member without a value')
    return members
  }

  #member(members: readonly OpenAttribute[]): OpenAttribute {
    const member = members.at(-1)
    if (member === undefined) throw new IppDecodeError('IPP member value without a name')
    return member
  }

  #open(name: string): OpenAttribute {
    this.#attributeCount += 1
    if (this.#attributeCount > ATTRIBUTES_MAX)
      throw new IppDecodeError(`more than ${ATTRIBUTES_MAX} IPP attributes`)
    return { name, values: [] }
  }

  #counted(): Buffer {
    return this.#take(this.short())
  }

  #take(length: number): Buffer {
    const end = this.#offset + length
    if (end > this.#bytes.length)
      throw new IppDecodeError(`IPP message ends at octet ${this.#bytes.length}, inside of a value`)
    const slice = this.#bytes.subarray(this.#offset, end)
    this.#offset = end
    return slice
  }
}
