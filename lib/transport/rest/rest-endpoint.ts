import type { Request, RequestHandler, Response } from 'express'
import type { Caller } from '../../access/caller.ts'
import { includesScope } from '../../access/scope.ts'
import { InvalidError } from '../../errors.ts'
import type { StoredAnswer } from '../../idempotency/idempotency-service.ts'
import type { Services } from '../../services.ts'
import type { JsonValue } from '../../thermal/json-text.ts'
import { writeJson } from '../../thermal/json-writing.ts'
import { ownerOf, withOwner } from '../../work-owner.ts'
import { announcedBytes, type BodyBudget, ROOMLESS_BYTES_MAX } from '../http/body-budget.ts'
import { endingOf } from './request-ending.ts'
import { type JsonAnswer, successEnvelope } from './rest-answer.ts'
import { type Authenticated, authenticate } from './rest-authentication.ts'
import { BODY_BYTES_MAX, type JsonBody, readJsonBody, readTextBody, withoutNulls } from './rest-body.ts'
import { type AnswerRecorder, answerOnce, readIdempotencyKey } from './rest-idempotency.ts'
import { readQuery } from './rest-query.ts'
import type { RestRateLimits } from './rest-rate-limits.ts'
import { invalidRequest, RestRefusal, toRestRefusal } from './rest-refusal.ts'
import { type Endpoint, endpointOf, refusing, sendJson } from './rest-reply.ts'
import type { RestRequest, RestRoute } from './rest-route.ts'
import { createValidator, type Validator } from './rest-validation.ts'
import { mayCall } from './role-routes.ts'

export interface EndpointOptions {
  readonly services: Pick<Services, 'access' | 'apiKeys' | 'idempotency' | 'standingAccess'>
  readonly rateLimits: RestRateLimits
  readonly bodies: BodyBudget
  readonly draining: AbortSignal
  readonly basePath: string
}

const BODY_RETRY_SECONDS = '5'

/** Every verb of one path. Whatever is thrown becomes an envelope: contracts/cloud-printing.md, section 1, "Errors". */
export function pathEndpoint(routes: readonly RestRoute[], options: EndpointOptions): RequestHandler {
  const byMethod = new Map(routes.map((route) => [route.method as string, routeEndpoint(route, options)]))
  for (const { method, hasHead = true } of routes) {
    const get = byMethod.get(method)
    if (method === 'GET' && hasHead && get) byMethod.set('HEAD', get)
  }
  const allow = [...byMethod.keys()].join(', ')
  return refusing(options.basePath, async (request, response) => {
    const answer = byMethod.get(request.method)
    if (answer) return answer(request, response)
    throw new RestRefusal('method_not_allowed', `${request.method} is not allowed here`, {
      headers: { Allow: allow },
    })
  })
}

function routeEndpoint(route: RestRoute, options: EndpointOptions): Endpoint {
  const answer = answering(route, options)
  return async (request, response) => {
    const since = performance.now()
    const authenticated = await admit(route, options, { request, response })
    if (route.method !== 'POST') {
      const ending = endingFor(route, options, { response, authenticated, since })
      return answer(request, response, { authenticated, ending })
    }
    const bytes = announcedBytes(request, route.bodyBytesMax ?? BODY_BYTES_MAX)
    // Whoever has no key shares room with nobody but his own address.
    const leave = await roomFor(options.bodies, authenticated?.caller.id ?? `address ${request.ip}`, bytes)
    try {
      await answer(request, response, { authenticated, ending: options.draining })
    } finally {
      leave()
    }
  }
}

/** To be given back when the request is answered. */
async function roomFor(bodies: BodyBudget, caller: string, bytes: number): Promise<() => void> {
  if (bytes <= ROOMLESS_BYTES_MAX) return () => undefined
  const leave = await bodies.enter(caller, bytes)
  if (leave) return leave
  throw new RestRefusal('rate_limited', 'Too many large requests are in progress', {
    headers: { 'Retry-After': BODY_RETRY_SECONDS },
  })
}

interface Admitted {
  /** Null for public routes. */
  readonly authenticated: Authenticated | null
  readonly ending: AbortSignal
}

function endingFor(
  { isStanding = false }: RestRoute,
  { services: { standingAccess }, draining }: EndpointOptions,
  asked: { readonly response: Response; readonly since: number } & Pick<Admitted, 'authenticated'>,
): AbortSignal {
  const { response, authenticated, since } = asked
  if (!isStanding || !authenticated) return draining
  return endingOf(response, { draining, standingAccess, authenticated, since })
}

type Answering = (request: Request, response: Response, by: Admitted) => Promise<void>

function answering(route: RestRoute, options: EndpointOptions): Answering {
  const answer = answeringAsked(route, options)
  return (request, response, admitted) => {
    const caller = admitted.authenticated?.caller
    if (!caller) return answer(request, response, admitted)
    // A picture is for whoever waits for it alone.
    const gone = 'mediaType' in route.answer ? goneOf(response) : undefined
    return withOwner(ownerOf(caller, gone), () => answer(request, response, admitted))
  }
}

/** Aborted when the client has gone before it was answered; and after that, when nobody listens any more. */
function goneOf(response: Response): AbortSignal {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  return gone.signal
}

function answeringAsked(route: RestRoute, options: EndpointOptions): Answering {
  const read = requestReader(route)
  return async (request, response, admitted) => {
    const { authenticated } = admitted
    const { rest, sentBody, idempotencyKey } = await read(request, admitted)
    const endpoint = endpointOf(request, options.basePath)
    // A picture changes nothing and is not stored, and who signs in owns nothing yet: a key there is read and does nothing.
    if (idempotencyKey === null || !authenticated || 'mediaType' in route.answer) {
      const answer = await route.handle(rest)
      if (answer.kind === 'other') return answer.send(response)
      return sendJson(response, toStored(answer, endpoint))
    }
    const { isReplayed, ...answer } = await answerOnce(
      options.services.idempotency,
      {
        // The path as it was understood: a slash at its end or a letter that is percent-encoded makes no other one.
        owner: [rest.caller.id, request.method, route.path, ...Object.values(rest.params)],
        idempotencyKey,
        body: sentBody,
        secret: authenticated.secret,
      },
      (record) => storedAnswerOf(route, recordingWith(rest, record, endpoint), endpoint),
    )
    if (isReplayed) response.set('Idempotency-Replayed', 'true')
    sendJson(response, answer)
  }
}

async function storedAnswerOf(
  route: RestRoute,
  request: RestRequest,
  endpoint: string,
): Promise<StoredAnswer> {
  const answer = await route.handle(request)
  if (answer.kind === 'other') throw new Error(`${route.path} answers nothing that can be stored`)
  return toStored(answer, endpoint)
}

function recordingWith(rest: RestRequest, record: AnswerRecorder, endpoint: string): RestRequest {
  return { ...rest, recordAnswer: (trx, answer) => record(trx, toStored(answer, endpoint)) }
}

function toStored(answer: JsonAnswer, endpoint: string): StoredAnswer {
  const envelope = successEnvelope(answer, endpoint)
  const text = answer.keepsDigits ? writeJson(envelope as unknown as JsonValue) : JSON.stringify(envelope)
  return { status: answer.status, text }
}

/** The checks that come before the request is read. Null for public routes. */
async function admit(
  route: RestRoute,
  { services, rateLimits }: EndpointOptions,
  { request, response }: { request: Request; response: Response },
): Promise<Authenticated | null> {
  if (route.scope === 'public') {
    // Whoever signs in makes something; whoever reads has a right to it that isn't the address's.
    if (route.method === 'POST') rateLimits.takeForAddress(request.ip ?? '')
    route.admit?.(request)
    return null
  }
  const authenticated = await authenticate(services, request)
  rateLimits.takeForKey(response, authenticated.caller.id)
  assertMayCall(route, authenticated.caller)
  return authenticated
}

/** Keys have scopes, users a role. */
function assertMayCall(route: RestRoute, caller: Caller): void {
  const { scope } = route
  if (caller.kind === 'user') {
    if (mayCall(caller, route)) return
    throw new RestRefusal('missing_scope', `This is not for the role ${String(caller.role)}`)
  }
  if (scope === 'session') throw new RestRefusal('missing_scope', 'This is for sessions of the pages alone')
  if (scope === 'public' || includesScope(caller.scopes, scope)) return
  throw new RestRefusal('missing_scope', `The API key lacks the scope ${scope}`)
}

interface ReadRequest {
  readonly rest: RestRequest
  /** As it was sent, nulls and all. */
  readonly sentBody: unknown
  readonly idempotencyKey: string | null
}

const NO_BODY = { value: {}, text: '{}' } as const
/** One for all routes: a schema is compiled once, which takes a millisecond. */
const NO_QUERY = { type: 'object' } as const

type RequestReader = (request: Request, by: Admitted) => Promise<ReadRequest>

/** Reads and validates a request; the schemas are compiled once. Throws RestRefusal with every failing property. */
function requestReader(route: RestRoute): RequestReader {
  const isPost = route.method === 'POST'
  const readBody = bodyReader(route)
  const querySchema = route.query ?? NO_QUERY
  const validateQuery = createValidator(querySchema, 'query')
  return async (request, { authenticated, ending }) => {
    const { value: sentBody, text: bodyText } = isPost ? await bodyOf(request, route) : NO_BODY
    const { body, errors: bodyErrors } = readBody(withoutNulls(sentBody))
    const query = readQuery(request.url, querySchema)
    const key = isPost ? readIdempotencyKey(request.headers) : { key: null }
    const errors = [...bodyErrors, ...query.errors, ...validateQuery(query.values)]
    if ('error' in key) throw invalidRequest([...errors, key.error])
    if (errors.length > 0) throw invalidRequest(errors)
    const rest: RestRequest = {
      // A public route's handler is typed without a caller.
      caller: authenticated?.caller as RestRequest['caller'],
      params: paramsOf(request),
      body,
      bodyText,
      query: query.values,
      recordAnswer: () => Promise.resolve(),
      log: request.log,
      ending,
      http: request,
    }
    return { rest, sentBody, idempotencyKey: key.key }
  }
}

async function bodyOf(
  request: Request,
  { bodyBytesMax = BODY_BYTES_MAX, takesText = false }: RestRoute,
): Promise<JsonBody> {
  return takesText
    ? { ...NO_BODY, text: await readTextBody(request, bodyBytesMax) }
    : readJsonBody(request, bodyBytesMax)
}

type BodyReader = (given: unknown) => { readonly body: unknown; readonly errors: readonly string[] }

function bodyReader({ body: schema, readBody }: RestRoute): BodyReader {
  if (readBody) return (given) => readOwn(readBody, given as Readonly<Record<string, unknown>>)
  const validate: Validator = schema === undefined ? () => [] : createValidator(schema, 'body')
  return (body) => ({ body, errors: validate(body) })
}

function readOwn(
  readBody: NonNullable<RestRoute['readBody']>,
  given: Readonly<Record<string, unknown>>,
): ReturnType<BodyReader> {
  try {
    return { body: readBody(given), errors: [] }
  } catch (error) {
    if (!(error instanceof InvalidError)) throw error
    return { body: null, errors: toRestRefusal(error).errors }
  }
}

function paramsOf({ params }: Request): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)]))
}
