import fc from 'fast-check'
import type { FieldKind, SearchFields } from '../../lib/orders/search.ts'
import type { ModelSearch } from './search-model.ts'

/** Few, so that they meet; with what means something to LIKE, to arrays and to sort orders. */
const TEXTS = ['', 'a', 'A', 'ab', 'a%', 'a_b', 'a\\', 'Z', '{"}', 'é', '\uffff', '😀', '10', '9', 'new']
const UNSTORABLE = ['a\0', '\ud800']
const DAYS = ['2026-02-28', '2026-03-01', '2026-03-02']

export const text = fc.constantFrom(...TEXTS)
/** With milliseconds, near the ends of days. */
export const time = fc
  .record({
    day: fc.constantFrom(...DAYS),
    second: fc.constantFrom(0, 1, 36_000, 86_399),
    ms: fc.constantFrom(0, 1, 500, 999),
  })
  .map(({ day, second, ms }) => new Date(Date.parse(day) + second * 1000 + ms))

/** One and the same moment can be written in many ways. */
const writtenTime = fc.oneof(
  fc.constantFrom(...DAYS),
  time.map((one) => `${one.toISOString().slice(0, 19)}+00:00`),
  time.map((one) => `${new Date(one.getTime() + 19_800_000).toISOString().slice(0, 19)}+05:30`),
)
const integer = fc.oneof(fc.integer({ min: -1, max: 12 }), fc.constantFrom(50, 1e30, -1e30))
const VALUES: Readonly<Record<FieldKind, fc.Arbitrary<unknown>>> = {
  text: fc.oneof({ weight: 9, arbitrary: text }, fc.constantFrom(...UNSTORABLE), fc.constantFrom(9, 10)),
  integer: fc.oneof(
    integer,
    integer.map((value) => BigInt(value).toString()),
  ),
  time: writtenTime,
}

export function searches(fields: SearchFields): fc.Arbitrary<ModelSearch> {
  const names = Object.keys(fields)
  const filters = fc
    .uniqueArray(fc.constantFrom(...names), { maxLength: 3 })
    .chain((chosen) =>
      fc.tuple(
        ...chosen.map((name) => filterOf(fields[name] as FieldKind).map((filter) => [name, filter] as const)),
      ),
    )
    .map((entries) => Object.fromEntries(entries))
  const options = fc.record({
    page: fc.constantFrom(1, 1, 2, 3),
    limit: fc.constantFrom(1, 3, 10, 100),
    sort_field: fc.constantFrom('order_id', ...names),
    sort_dir: fc.constantFrom('asc', 'desc'),
  })
  return fc.record({ filters, options })
}

function filterOf(kind: FieldKind): fc.Arbitrary<unknown> {
  const value = VALUES[kind]
  const list = fc.array(value, { maxLength: 3 })
  const isDated = kind === 'time'
  const operators = fc.record(
    {
      eq: value,
      neq: value,
      gt: value,
      lt: value,
      gteq: value,
      lteq: value,
      in: list,
      nin: list,
      null: fc.constantFrom(1, true),
      notnull: fc.constantFrom(1, true),
      ...(isDated ? { from: writtenTime, to: writtenTime, datetime: fc.boolean() } : {}),
      ...(kind === 'text' ? { starts: value } : {}),
    },
    { requiredKeys: [] },
  )
  // One operator, mostly: several seldom leave anything.
  const single = fc.tuple(operators, fc.nat()).map(([all, index]) => {
    const { datetime, ...rest } = all as Record<string, unknown>
    const entries = Object.entries(rest)
    const [name, operand] = entries[index % Math.max(entries.length, 1)] ?? ['notnull', 1]
    return {
      [name]: operand,
      ...(datetime !== undefined && (name === 'from' || name === 'to') && { datetime }),
    }
  })
  return fc.oneof(
    { weight: 3, arbitrary: single },
    { weight: 1, arbitrary: operators },
    { weight: 1, arbitrary: value },
  )
}
