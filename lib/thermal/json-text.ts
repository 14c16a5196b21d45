/**
 * JSON whose numbers keep their digits: contracts/thermal.md, section 5.1, prints `10.50` and `12345678901234567890` as
 * the message wrote them, which JSON.parse can't tell any more. lossless-json takes 4 s for a 15 MB picture in base64
 * and refuses a member that is there twice; this takes some 40 ms and lets the last one win, as JSON.parse does.
 */

/** A number as the text wrote it. */
export class NumberText {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  toJSON(): number {
    return Number(this.text)
  }
}

export type JsonValue = null | boolean | number | string | NumberText | readonly JsonValue[] | JsonObject
export interface JsonObject {
  readonly [name: string]: JsonValue
}

/** Deeper than any document; shallow enough for the stack. */
const DEPTH_MAX = 500

/** Objects have no prototype. Throws SyntaxError with words for people. */
export function parseJson(text: string): JsonValue {
  // The platform's parser is fast and exact about what is JSON: the reader below may then trust every character.
  JSON.parse(text)
  return new TrustingReader(text).value(0)
}

const NUMBER = /[-+.\deE]+/y
const SPACE = /[ \t\r\n]*/y

class TrustingReader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  value(depth: number): JsonValue {
    if (depth > DEPTH_MAX) throw new SyntaxError(`nested deeper than ${DEPTH_MAX} levels`)
    this.#skipSpace()
    switch (this.#text.charAt(this.#at)) {
      case '{':
        return this.#object(depth)
      case '[':
        return this.#array(depth)
      case '"':
        return this.#string()
      case 't':
        return this.#word('true', true)
      case 'f':
        return this.#word('false', false)
      case 'n':
        return this.#word('null', null)
      default:
        return this.#number()
    }
  }

  #object(depth: number): JsonObject {
    // Without a prototype `__proto__` is a member like any other.
    const object: Record<string, JsonValue> = Object.create(null) as Record<string, JsonValue>
    while (this.#continues('}')) {
      const name = this.#string()
      this.#skipSpace()
      this.#at += ':'.length
      object[name] = this.value(depth + 1)
    }
    return object
  }

  #array(depth: number): JsonValue[] {
    const array: JsonValue[] = []
    while (this.#continues(']')) array.push(this.value(depth + 1))
    return array
  }

  /** Steps over the bracket or comma before a member; false over the bracket that closes. */
  #continues(closing: '}' | ']'): boolean {
    this.#skipSpace()
    if (this.#text[this.#at] !== closing) {
      this.#at += 1
      this.#skipSpace()
    }
    if (this.#text[this.#at] !== closing) return true
    this.#at += 1
    return false
  }

  #string(): string {
    const start = this.#at
    let end = this.#text.indexOf('"', start + 1)
    while (this.#isEscaped(end)) end = this.#text.indexOf('"', end + 1)
    this.#at = end + 1
    const inner = this.#text.slice(start + 1, end)
    return inner.includes('\\') ? (JSON.parse(`"${inner}"`) as string) : inner
  }

  #isEscaped(quote: number): boolean {
    let before = quote - 1
    while (this.#text[before] === '\\') before -= 1
    return (quote - before) % 2 === 0
  }

  #number(): NumberText {
    NUMBER.lastIndex = this.#at
    const text = NUMBER.exec(this.#text)?.[0] ?? ''
    this.#at += text.length
    return new NumberText(text)
  }

  #word<T>(word: string, value: T): T {
    this.#at += word.length
    return value
  }

  #skipSpace(): void {
    SPACE.lastIndex = this.#at
    this.#at += SPACE.exec(this.#text)?.[0].length ?? 0
  }
}
