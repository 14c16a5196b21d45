export type FieldKind = 'text' | 'integer' | 'time'
export type SearchFields = Readonly<Record<string, FieldKind>>

/** What orders can be filtered and sorted by: contracts/rpc.md, section 10. */
export const ORDER_SEARCH_FIELDS = {
  order_id: 'integer',
  unique_id: 'text',
  order_ref: 'text',
  state: 'text',
  status: 'text',
  store_code: 'text',
  shipping_method: 'text',
  priority: 'integer',
  requested_ship_date: 'time',
  created_at: 'time',
  updated_at: 'time',
} as const satisfies SearchFields

export const SHIPMENT_SEARCH_FIELDS = {
  shipment_id: 'text',
  order_unique_id: 'text',
  order_ref: 'text',
  order_id: 'integer',
  warehouse_id: 'integer',
  store_code: 'text',
  status: 'text',
  shipment_type: 'text',
  created_at: 'time',
  updated_at: 'time',
  packed_at: 'time',
} as const satisfies SearchFields

export const PACKAGE_SEARCH_FIELDS = {
  package_id: 'text',
  shipment_id: 'text',
  order_unique_id: 'text',
  order_ref: 'text',
  package_status: 'text',
  warehouse_id: 'integer',
  created_at: 'time',
  updated_at: 'time',
  packed_at: 'time',
  shipped_at: 'time',
  delivered_at: 'time',
} as const satisfies SearchFields

/** Texts as they are compared, by their bytes; integers in digits; times in seconds since 1970. */
export type SearchValue = string | number

export interface SearchBound {
  readonly comparator: '<' | '<=' | '>' | '>='
  readonly value: SearchValue
}

/** What a field must be; a time is one of those whose second it lies in. Of a null only `null` and `not` are true. */
export type SearchTest =
  | { readonly is: 'null' }
  | { readonly is: 'one_of'; readonly values: readonly SearchValue[] }
  | { readonly is: 'within'; readonly bounds: readonly SearchBound[] }
  | { readonly is: 'not'; readonly test: SearchTest }

export interface SearchCondition {
  readonly field: string
  readonly kind: FieldKind
  readonly test: SearchTest
}

/** Which things, all conditions true of them, in which order, and which part of them. */
export interface Search {
  readonly conditions: readonly SearchCondition[]
  /** Those that are equal by it come in order of their creation; descending turns that round, too. */
  readonly sortField: string
  readonly isDescending: boolean
  readonly limit: number
  readonly offset: number
}
