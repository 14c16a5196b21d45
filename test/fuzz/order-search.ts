import fc from 'fast-check'
import {
  type FieldKind,
  ORDER_SEARCH_FIELDS,
  PACKAGE_SEARCH_FIELDS,
  SHIPMENT_SEARCH_FIELDS,
} from '../../lib/orders/search.ts'
import { isOperatorOf, type OperandForm, SEARCH_OPERATORS } from '../../lib/orders/search-operators.ts'
import { oftenOf } from './mutation.ts'
import { type Actor, EVERYTHING, type OrderStep } from './order-story.ts'

const SEARCHED = {
  'order.search': ORDER_SEARCH_FIELDS,
  'shipment.search': SHIPMENT_SEARCH_FIELDS,
  'package.search': PACKAGE_SEARCH_FIELDS,
} as const

/** Any search with any filter, operator and option that there is. */
export const search: fc.Arbitrary<OrderStep> = fc
  .constantFrom(...Object.entries(SEARCHED))
  .chain(([method, fields]) => {
    const filters = fc.oneof(...Object.entries(fields).map(([field, kind]) => filterOf(field, kind)))
    const options = fc.record(
      {
        page: fc.constantFrom(1, 2, '3', 1_000),
        limit: fc.constantFrom(1, '2', 100, 1_000),
        sort_field: fc.constantFrom('order_id', ...Object.keys(fields)),
        sort_dir: fc.constantFrom('asc', 'desc', 'DESC'),
      },
      { requiredKeys: [], noNullPrototype: true },
    )
    return fc.record({
      who: fc.constantFrom<Actor>('demo-other', 'packer'),
      method: fc.constant(method),
      args: fc.tuple(
        fc.array(filters, { maxLength: 2 }).map((parts) => Object.assign({}, ...parts) as object),
        options,
        fc.constantFrom<unknown>(EVERYTHING, ['*'], '*', []),
      ),
    })
  })

const VALUES: Readonly<Record<FieldKind, fc.Arbitrary<unknown>>> = {
  text: fc.constantFrom<unknown>('@order', '@shipment', '@package', 'mine-living', 'packing', '', 7),
  integer: fc.constantFrom<unknown>(0, 1, '3', 100),
  time: fc.constantFrom('2026-01-01', '2027-01-31T10:00:00Z', '2030-12-31T23:59:59+02:00'),
}

const OPERANDS: Readonly<Record<OperandForm, (values: fc.Arbitrary<unknown>) => fc.Arbitrary<unknown>>> = {
  value: (values) => values,
  list: (values) => fc.array(values, { maxLength: 3 }),
  flag: () => fc.constantFrom(1, true),
  date: (values) => values,
}

function filterOf(field: string, kind: FieldKind): fc.Arbitrary<object> {
  const tests = operatorsOf(kind).map(([operator, { operand }]) =>
    OPERANDS[operand](VALUES[kind]).map((value) => ({ [operator]: value })),
  )
  const datetime = oftenOf<object>(fc.constant({}), fc.constant({ datetime: true }))
  const test =
    kind === 'time'
      ? fc.tuple(fc.oneof(...tests), datetime).map((parts) => Object.assign({}, ...parts) as object)
      : fc.oneof(...tests)
  return fc.oneof(VALUES[kind], test).map((filter) => ({ [field]: filter }))
}

function operatorsOf(kind: FieldKind): readonly (readonly [string, { readonly operand: OperandForm }])[] {
  return Object.entries(SEARCH_OPERATORS).filter(([operator]) => isOperatorOf(kind, operator))
}

type Searched = keyof typeof SEARCHED
/** A path and its arguments, as `multiCall` takes them. */
type SearchCall = readonly [method: string, args: readonly unknown[]]

/** Those of a kind lie between them. */
const BOUNDS: Readonly<Record<FieldKind, readonly [least: unknown, most: unknown]>> = {
  text: ['', '\u{10ffff}'],
  integer: [0, 2_147_483_647],
  time: ['2000-01-01', '2999-12-31'],
}
/** What is found first was made first. */
const FEW = { limit: 10 }

/** Each field with each operator, about what that thing has there and about whatever there is; and in each order. */
export function searchesAbout(
  things: Readonly<Record<Searched, Readonly<Record<string, unknown>>>>,
): SearchCall[] {
  return Object.entries(SEARCHED).flatMap(([method, fields]) =>
    Object.entries(fields).flatMap(([field, kind]) => {
      const has = things[method as Searched][field] ?? BOUNDS[kind][0]
      const filters = operatorsOf(kind).flatMap(([operator, { operand }]) =>
        operandsOf(operand, [has, ...BOUNDS[kind]]).map((asked) => ({ [field]: { [operator]: asked } })),
      )
      return [
        [method, [{}, { ...FEW, sort_field: field }, EVERYTHING]] as const,
        ...[{ [field]: has }, ...filters].map((filter) => [method, [filter, FEW, EVERYTHING]] as const),
      ]
    }),
  )
}

function operandsOf(form: OperandForm, values: readonly unknown[]): readonly unknown[] {
  if (form === 'flag') return [1]
  return form === 'list' ? [values.slice(0, 1), values] : values
}
