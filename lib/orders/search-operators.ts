import type { FieldKind } from './search.ts'

export const LIST_LENGTH_MAX = 1_000

/** What an operator is given: a value of the field's kind, a list of such, 1 or true, or a date. */
export type OperandForm = 'value' | 'list' | 'flag' | 'date'

interface OperatorRow {
  readonly operand: OperandForm
  /** Of the fields that it may be asked of; absent: any. */
  readonly kind?: FieldKind
}

/** The operators of `filters`, for those who read them and those who describe them: contracts/rpc.md, section 10. */
export const SEARCH_OPERATORS = {
  eq: { operand: 'value' },
  neq: { operand: 'value' },
  gt: { operand: 'value' },
  lt: { operand: 'value' },
  gteq: { operand: 'value' },
  lteq: { operand: 'value' },
  starts: { operand: 'value', kind: 'text' },
  in: { operand: 'list' },
  nin: { operand: 'list' },
  null: { operand: 'flag' },
  notnull: { operand: 'flag' },
  from: { operand: 'date', kind: 'time' },
  to: { operand: 'date', kind: 'time' },
} as const satisfies Readonly<Record<string, OperatorRow>>

export type SearchOperator = keyof typeof SEARCH_OPERATORS

/** Whether a field of that kind can be asked so. */
export function isOperatorOf(kind: FieldKind, operator: string): operator is SearchOperator {
  if (!Object.hasOwn(SEARCH_OPERATORS, operator)) return false
  const row: OperatorRow = SEARCH_OPERATORS[operator as SearchOperator]
  return row.kind === undefined || row.kind === kind
}
