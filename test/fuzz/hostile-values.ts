import fc from 'fast-check'
import { HOSTILE_TEXTS, MORE_HOSTILE_TEXTS } from './hostile-texts.ts'

/** Written into JSON as it stands, where no value of JavaScript would come out so. */
const RAW = '@raw:'
const raw = (text: string): string => RAW + text

/** JSON text, with what `hostile` values stand for. */
export function toJsonText(value: unknown): string {
  return JSON.stringify(value ?? null).replaceAll(/"@raw:([^"\\]*)"/g, '$1')
}

const TEXTS: readonly string[] = [
  ...HOSTILE_TEXTS.flatMap(({ flavour, alone }) => [flavour, ...alone]),
  ...MORE_HOSTILE_TEXTS,
]

const HOSTILE_NUMBERS: readonly unknown[] = [
  0,
  1,
  -1,
  1.5,
  2_147_483_647,
  2_147_483_648,
  -2_147_483_649,
  9_007_199_254_740_991,
  9_007_199_254_740_992,
  5e-324,
  1.7976931348623157e308,
  raw('-0'),
  raw('1e400'),
  raw('-1e400'),
  raw('1E5'),
  raw('1.0'),
  raw('9223372036854775807'),
  raw('9223372036854775808'),
  raw('123456789012345678901234567890'),
  raw(`0.${'1'.repeat(400)}`),
  raw('9'.repeat(400)),
]

const HOSTILE_SHAPES: readonly unknown[] = [
  null,
  true,
  false,
  [],
  {},
  [null],
  [[]],
  [{}],
  { '': '' },
  { length: 3 },
  { toString: 1 },
  { constructor: { prototype: 1 } },
  { null: true },
  { eq: {} },
  { in: [] },
  { in: [[]] },
  { from: 'x', to: [], datetime: true },
  raw('{"__proto__":{"x":1}}'),
  raw('{"a":1,"a":2}'),
  Array.from({ length: 200 }, () => 'x'),
  Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`k${index}`, index])),
  nested(30),
  nested(62),
  nested(70),
]

function nested(depth: number): unknown {
  let value: unknown = 1
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { a: value }
  return value
}

export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...TEXTS),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.string({
    unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
    maxLength: 12,
  }),
)

export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: hostileText },
  { weight: 3, arbitrary: fc.constantFrom(...HOSTILE_NUMBERS) },
  { weight: 3, arbitrary: fc.constantFrom(...HOSTILE_SHAPES) },
  { weight: 1, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
)
