import { randomUUID } from 'node:crypto'

/** JSON in parts, in their order. A long text stands between the quotation marks that end one part and begin the next. */
export type JsonText = readonly (string | LongText)[]

/** Takes its place while the rest is written. Nobody who sends us text can know it. */
const PLACE = randomUUID()
/** Those of the value that is being written. `JSON.stringify` comes to an end before anything else begins. */
let found: LongText[] | null = null

/**
 * A text of megabytes in a value that is to be JSON. Writing a hundred of them at once takes a second or two, in which the
 * server does nothing else: `jsonText` leaves them out, and they are written while they are sent.
 */
export class LongText {
  readonly parts: readonly string[]

  /** In parts, since putting them together takes as long as copying them. */
  constructor(parts: readonly string[]) {
    this.parts = parts
  }

  toJSON(): string {
    if (!found) return this.parts.join('')
    found.push(this)
    return PLACE
  }
}

/** As `JSON.stringify`, with every LongText still to be written. */
export function jsonText(value: unknown): JsonText {
  const texts: LongText[] = []
  found = texts
  try {
    const json = JSON.stringify(value)
    if (texts.length === 0) return [json]
    const [first = '', ...others] = json.split(PLACE)
    return [first, ...others.flatMap((part, index) => [texts[index] ?? '', part])]
  } finally {
    found = null
  }
}

export function lengthOf(json: JsonText): number {
  const strings = json.flatMap((part) => (typeof part === 'string' ? part : part.parts))
  return strings.reduce((length, { length: own }) => length + own, 0)
}
