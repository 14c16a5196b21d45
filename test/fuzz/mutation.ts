import fc from 'fast-check'
import { hostileText, hostileValue } from './hostile-values.ts'

type Json = unknown
type Holder = Record<string, Json> | Json[]

/** A change of a JSON value somewhere in it. */
export interface Mutation {
  /** Which of its places: taken modulo their number. */
  readonly at: number
  readonly how: 'replace' | 'remove' | 'rename' | 'repeat' | 'wrap' | 'add'
  readonly text: string
  readonly value: Json
}

export const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.nat(200),
  how: fc.constantFrom('replace', 'replace', 'replace', 'remove', 'rename', 'repeat', 'wrap', 'add'),
  text: hostileText,
  value: hostileValue,
})

/** The value with up to three changes; none at all now and then, so that what is valid gets further in. */
export function mutated(value: fc.Arbitrary<Json>): fc.Arbitrary<Json> {
  return fc
    .tuple(value, fc.array(mutation, { maxLength: 3 }))
    .map(([valid, mutations]) => mutations.reduce(applyMutation, valid))
}

interface MutatedPlace {
  readonly holder: Holder
  readonly key: string
  readonly held: Json
  readonly mutation: Mutation
}

const MUTATIONS: Readonly<Record<Mutation['how'], (place: MutatedPlace) => void>> = {
  replace: ({ holder, key, mutation: { value } }) => write(holder, key, value),
  remove: ({ holder, key }) => remove(holder, key),
  repeat: ({ holder, key, held }) => write(holder, key, [held, held]),
  wrap: ({ holder, key, held, mutation: { text } }) => write(holder, key, { [text]: held }),
  rename: ({ holder, key, held, mutation: { text } }) => {
    remove(holder, key)
    if (Array.isArray(holder)) holder.push(held)
    else write(holder, text, held)
  },
  add: ({ held, mutation: { text, value } }) => {
    if (Array.isArray(held)) held.push(value)
    else if (typeof held === 'object' && held !== null) write(held as Holder, text, value)
  },
}

/** Leaves the value that it is given as it was. */
export function applyMutation(value: Json, mutation: Mutation): Json {
  const root = { root: structuredClone(value) }
  const places = placesOf(root)
  const [holder, key] = places[mutation.at % places.length] ?? [root, 'root']
  MUTATIONS[mutation.how]({ holder, key, held: read(holder, key), mutation })
  return root.root
}

function placesOf(holder: Holder): (readonly [Holder, string])[] {
  return Object.entries(holder).flatMap(([key, held]) => [
    [holder, key] as const,
    ...(typeof held === 'object' && held !== null ? placesOf(held as Holder) : []),
  ])
}

function read(holder: Holder, key: string): Json {
  return (holder as Record<string, Json>)[key]
}

/** A member whatever its name is: `__proto__` too. */
function write(holder: Holder, key: string, value: Json): void {
  Object.defineProperty(holder, key, { value, writable: true, enumerable: true, configurable: true })
}

function remove(holder: Holder, key: string): void {
  if (Array.isArray(holder)) holder.splice(Number(key), 1)
  else Reflect.deleteProperty(holder, key)
}

/** The first kind nine times of ten. */
export function oftenOf<T>(usual: fc.Arbitrary<T>, odd: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ weight: 9, arbitrary: usual }, { weight: 1, arbitrary: odd })
}

/** A change of bytes somewhere in them. */
export interface ByteChange {
  readonly at: number
  readonly how: 'flip' | 'set' | 'cut' | 'remove' | 'insert' | 'repeat'
  readonly length: number
  readonly bytes: Uint8Array
}

const byteChange: fc.Arbitrary<ByteChange> = fc.record({
  at: fc.nat(1_000_000),
  how: fc.constantFrom('flip', 'flip', 'set', 'set', 'cut', 'remove', 'insert', 'repeat'),
  length: fc.integer({ min: 1, max: 64 }),
  bytes: fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 16 }),
    fc.constantFrom(
      Uint8Array.of(0),
      Uint8Array.of(0xff, 0xff, 0xff, 0xff),
      Uint8Array.of(0x7f, 0xff, 0xff, 0xff),
      Uint8Array.of(0x80, 0, 0, 0),
      Uint8Array.of(0xc0, 0x80),
      Uint8Array.of(0xed, 0xa0, 0x80),
      Uint8Array.of(0x0d, 0x0a),
    ),
  ),
})

/** Up to `max` changes. */
export function byteChanges(max: number): fc.Arbitrary<readonly ByteChange[]> {
  return fc.array(byteChange, { maxLength: max })
}

export function changeBytes(bytes: Buffer, changes: readonly ByteChange[]): Buffer {
  return changes.reduce(applyChange, Buffer.from(bytes))
}

function applyChange(bytes: Buffer, { at, how, length, bytes: other }: ByteChange): Buffer {
  const start = bytes.length === 0 ? 0 : at % bytes.length
  const [before, after] = [bytes.subarray(0, start), bytes.subarray(start)]
  const slice = after.subarray(0, length)
  switch (how) {
    case 'flip': {
      const flipped = Buffer.from(bytes)
      if (flipped.length > 0) flipped[start] = (flipped[start] ?? 0) ^ (1 << (length % 8))
      return flipped
    }
    case 'set':
      return Buffer.concat([before, other, after.subarray(other.length)])
    case 'cut':
      return Buffer.from(before)
    case 'remove':
      return Buffer.concat([before, after.subarray(length)])
    case 'insert':
      return Buffer.concat([before, other, after])
    case 'repeat':
      return Buffer.concat([before, slice, slice, after.subarray(slice.length)])
  }
}
