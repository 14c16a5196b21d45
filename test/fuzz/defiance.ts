import fc from 'fast-check'
import { type ByteChange, byteChanges, changeBytes } from './mutation.ts'

/** What a printer behind a socket does instead of answering, a few times; then it is as good as any. */
export interface Defiance {
  readonly times: number
  /** Before a byte of a document has come on the connection, or after; label printers alone are asked then. */
  readonly phase: 'before' | 'after'
  readonly words: Words
  readonly pace: 'at once' | 'byte by byte' | 'late'
  readonly end: 'goes on' | 'ends' | 'resets'
  /** The connection is reset when so many bytes of the document have come; null: never. */
  readonly cutAfterBytes: number | null
}

export type Words =
  | { readonly kind: 'changed'; readonly changes: readonly ByteChange[] }
  | { readonly kind: 'said'; readonly bytes: Uint8Array }
  | { readonly kind: 'repeated'; readonly times: number }
  /** Noise until the other side hangs up. */
  | { readonly kind: 'endless'; readonly chunk: Uint8Array }
  | { readonly kind: 'nothing' }

export interface Language {
  readonly question: RegExp
  /** What is answered when all is well. */
  answerTo(question: string): Buffer
  /** Answers of its form that say something else. */
  readonly odd: fc.Arbitrary<Uint8Array>
}

export function defiances({ odd }: Language, phases: readonly Defiance['phase'][]): fc.Arbitrary<Defiance> {
  const noise = fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 200 }),
    fc.constantFrom(0x00, 0x02, 0x03, 0x12, 0x20, 0xff).map((byte) => new Uint8Array(4_096).fill(byte)),
    odd,
  )
  const words: fc.Arbitrary<Words> = fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('changed' as const), changes: byteChanges(3) }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('said' as const), bytes: odd }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('said' as const), bytes: noise }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('repeated' as const), times: fc.nat(3_000) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('endless' as const), chunk: noise }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'nothing' as const }) },
  )
  return fc
    .record({
      times: fc.integer({ min: 1, max: 3 }),
      phase: fc.constantFrom(...phases),
      words,
      pace: fc.constantFrom('at once', 'at once', 'byte by byte', 'late'),
      end: fc.constantFrom('goes on', 'goes on', 'goes on', 'ends', 'resets'),
      cutAfterBytes: fc.oneof(
        { weight: 8, arbitrary: fc.constant(null) },
        { weight: 1, arbitrary: fc.nat(60) },
      ),
    })
    .map(withOneEnd)
}

/** One that ends its side looks as if it had everything, whatever it throws away then: `sent` is that it took the bytes. */
function withOneEnd(defiance: Defiance): Defiance {
  return defiance.end === 'goes on' ? defiance : { ...defiance, cutAfterBytes: null }
}

/** The bytes of one answer; endless ones are repeated by who says them. */
export function bytesOf(words: Words, truth: Buffer): Buffer {
  switch (words.kind) {
    case 'changed':
      return changeBytes(truth, words.changes)
    case 'said':
      return Buffer.from(words.bytes)
    case 'repeated':
      return Buffer.concat(Array.from({ length: words.times }, () => truth))
    case 'endless':
      return Buffer.from(words.chunk)
    case 'nothing':
      return Buffer.alloc(0)
  }
}
