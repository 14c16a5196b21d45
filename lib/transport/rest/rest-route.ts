import type { Request } from 'express'
import type { JSONSchema } from 'json-schema-to-ts'
import type { Logger } from 'pino'
import type { Caller } from '../../access/caller.ts'
import type { Scope } from '../../access/scope.ts'
import type { Db } from '../../db/database.ts'
import type { RestErrorCode } from '../faults.ts'
import type { JsonAnswer, RestAnswer } from './rest-answer.ts'

/**
 * A route as data: the router, its checks, OpenAPI and the tests are made from it. Who has a key and not the scope is
 * refused before `handle` is called; `body` and `query` are valid by their schemas then.
 */
export interface RestRoute {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** Express's form, without the base path: `/v1/api-keys/:id`. */
  readonly path: string
  /** `public`: open to everybody, without a key; `session`: to whoever is signed in on a page, to no key. */
  readonly scope: Scope | 'public' | 'session'
  /** What it does, in one line. */
  readonly summary: string
  readonly description?: string
  /** The heading that it stands under in the description: `API keys`. */
  readonly tag: string
  /** Of POST. Members that are null were taken out before; absent, the body is ignored. */
  readonly body?: JSONSchema
  /**
   * In the place of the schema's check, for rules between members that no schema can say: what `handle` gets as the body.
   * Throws InvalidError with every mistake in `errors`.
   */
  readonly readBody?: (body: Readonly<Record<string, unknown>>) => unknown
  readonly bodyBytesMax?: number
  /** The body may be too much to parse in the main thread: `handle` parses `bodyText` itself, and `body` is empty. */
  readonly takesText?: boolean
  /** An object whose members are strings, or integers or booleans spelled as strings. */
  readonly query?: JSONSchema
  readonly answer: AnswerDescription
  /** What it refuses beside the checks that all routes share. */
  readonly refusals?: readonly RestErrorCode[]
  /** What a public route asks for in the place of a key, before anything else of the request is read. Throws what refuses it. */
  readonly admit?: (request: Request) => void
  /** An answer that may take long, or that has no end: it ends with the key or session that it was asked for with. */
  readonly isStanding?: boolean
  /** False for answers that have no end or take something away: HEAD is 405 there. */
  readonly hasHead?: boolean
  handle(request: RestRequest): Promise<RestAnswer>
}

export type AnswerDescription =
  | {
      readonly status: 200 | 201
      /** Of `data`; of its elements when `isList`. A `title` makes it a component of the description. */
      readonly schema: JSONSchema
      readonly isList?: boolean
      /** False: an array that isn't paged. */
      readonly isPaged?: boolean
      readonly isNullable?: boolean
    }
  | { readonly status: 200; readonly mediaType: string; readonly description: string }

export interface RestRequest<Body = unknown, Query = unknown> {
  readonly caller: Caller
  readonly params: Readonly<Record<string, string>>
  readonly body: Body
  /** The body as it came, nulls and all: JSON whose numbers have their digits. */
  readonly bodyText: string
  readonly query: Query
  readonly log: Logger
  /**
   * For a request that must not run twice, whatever dies: the answer becomes part of the transaction that makes its
   * effect, and is what the caller gets. Does nothing without an idempotency key.
   */
  recordAnswer(trx: Db, answer: JsonAnswer): Promise<void>
  /** Aborted when the server drains, and for standing answers when access ends: whoever waits for something stops. */
  readonly ending: AbortSignal
  /** For what the other members don't tell: headers of a range request, the socket's end. */
  readonly http: Request
}

/** Gives `handle` the types that the schemas describe. */
export function defineRoute<Body = unknown, Query = unknown>(
  route: Omit<RestRoute, 'handle'> & { handle(request: RestRequest<Body, Query>): Promise<RestAnswer> },
): RestRoute {
  return route as unknown as RestRoute
}
