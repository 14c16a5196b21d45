import type { Response } from 'express'
import type { ListPage, ListQuery } from '../../db/list-page.ts'
import type { RestErrorCode } from '../faults.ts'
import { capitalize } from './rest-refusal.ts'

export type RestAnswer = JsonAnswer | OtherAnswer

/** What goes into the envelope. */
export interface JsonAnswer {
  readonly kind: 'json'
  readonly status: number
  /** Fit to show to a user. */
  readonly message: string
  readonly data: unknown
  /** `data` is made of JSON's values alone, and its numbers are written with the digits that they were read with. */
  readonly keepsDigits?: boolean
  readonly pagination: Pagination | null
  /** Types of the events that the request caused. */
  readonly events: readonly string[]
}

/** A picture, a stream, a page: the handler sends it itself. */
export interface OtherAnswer {
  readonly kind: 'other'
  send(response: Response): Promise<void> | void
}

export interface Pagination {
  readonly page: number
  readonly limit: number
  readonly has_more: boolean
  readonly total_count: number
}

/** What messages call a resource: `{ one: 'print job', many: 'print jobs' }`. */
export interface Noun {
  readonly one: string
  readonly many: string
}

const STATUS_OF = { created: 201, updated: 200, retrieved: 200, deleted: 200 } as const

/** `Print job created`, with 201; the other verbs with 200. */
export function resourceAnswer(
  noun: Noun,
  verb: keyof typeof STATUS_OF,
  data: unknown,
  events: readonly string[] = [],
): JsonAnswer {
  const message = `${capitalize(noun.one)} ${verb}`
  return { kind: 'json', status: STATUS_OF[verb], message, data, pagination: null, events }
}

/** `5 print jobs retrieved`. */
export function listAnswer<Item>(
  noun: Noun,
  { page, list, view }: { page: ListPage<Item>; list: ListQuery; view: (item: Item) => unknown },
): JsonAnswer {
  const { items, hasMore, totalCount } = page
  return {
    kind: 'json',
    status: 200,
    message: `${items.length} ${items.length === 1 ? noun.one : noun.many} retrieved`,
    data: items.map(view),
    pagination: { page: list.page, limit: list.limit, has_more: hasMore, total_count: totalCount },
    events: [],
  }
}

/** The one form of every JSON answer: contracts/cloud-printing.md, section 1, "Envelope". */
export interface Envelope {
  readonly status: number
  readonly message: string
  readonly data: unknown
  readonly code: RestErrorCode | null
  readonly error_code: RestErrorCode | null
  readonly errors: readonly string[]
  readonly events: readonly string[]
  readonly pagination: Pagination | null
  readonly endpoint: string
}

export function successEnvelope(answer: JsonAnswer, endpoint: string): Envelope {
  const { status, message, data, events, pagination } = answer
  return { status, message, data, code: null, error_code: null, errors: [], events, pagination, endpoint }
}

export function errorEnvelope(
  refusal: { status: number; code: RestErrorCode; message: string; errors: readonly string[] },
  endpoint: string,
): Envelope {
  const { status, code, message, errors } = refusal
  return {
    status,
    message,
    data: {},
    code,
    error_code: code,
    errors,
    events: [],
    pagination: null,
    endpoint,
  }
}
