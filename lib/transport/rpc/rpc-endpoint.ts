import type { Request, RequestHandler, Response } from 'express'
import type { AccessService } from '../../access/access-service.ts'
import type { BodyBudget } from '../http/body-budget.ts'
import { RequestAborted } from '../http/body-bytes.ts'
import { endInPieces } from '../http/large-reply.ts'
import { pageSessionOf } from '../http/page-session.ts'
import { numericIds } from './exact-id.ts'
import { ANSWERS_LENGTH_MAX, ANSWERS_TOO_LARGE } from './reply-size.ts'
import { type ParsedBody, parseBody, readBody, roomForBody } from './rpc-body.ts'
import {
  type Envelope,
  failureReply,
  hasNumericId,
  NO_ENVELOPE,
  type ReadRequest,
  type RpcRequest,
  readRequest,
  successReply,
} from './rpc-envelope.ts'
import { invalidRequest, RPC_ERRORS, type RpcError, RpcRefusal } from './rpc-error.ts'
import { explain } from './rpc-failure.ts'
import { createIdentities } from './rpc-identities.ts'
import type { Admission, RpcLimits } from './rpc-limits.ts'
import type { CallContext } from './rpc-method.ts'
import type { RpcServer } from './rpc-server.ts'

export interface RpcEndpointOptions {
  readonly server: RpcServer
  readonly access: AccessService
  readonly limits: RpcLimits
  /** By client address: who asks isn't known before the body is read. */
  readonly bodies: BodyBudget
}

/** What one HTTP request asks for. */
interface Asked {
  readonly isBatch: boolean
  readonly requests: readonly ReadRequest[]
}

const BATCH_REQUESTS_MAX = 50
const LOGGED_CHARACTERS_MAX = 100
/** Every other failure is 200: contracts/rpc.md, section 1. */
const STATUSES: ReadonlyMap<RpcError, number> = new Map<RpcError, number>([
  [RPC_ERRORS.tooLarge, 413],
  [RPC_ERRORS.crowded, 409],
])

/** `POST {BASE_PATH}/api/jsonrpc`: contracts/rpc.md, sections 1 to 3 and 7. */
export function rpcEndpoint(options: RpcEndpointOptions): RequestHandler {
  return async (request, response) => {
    const context = contextOf(request, options.access)
    try {
      if (request.method !== 'POST') {
        response.set('Allow', 'POST').status(405)
        throw new RpcRefusal(invalidRequest('use POST'))
      }
      await answerBody(options, { context, request, response })
    } catch (error) {
      if (error instanceof RequestAborted) return
      const failure = explain(error, 'rpc', context)
      const status = STATUSES.get(failure)
      if (status !== undefined) response.status(status)
      await refuseUnread(options, request, response, failure)
    }
  }
}

/** Room is held to the end: the body lives on in the arguments. */
async function answerBody(options: RpcEndpointOptions, exchange: Omit<Exchange, 'asked'>): Promise<void> {
  const { request } = exchange
  const leave = await roomForBody(options.bodies, { request, address: addressOf(request) })
  try {
    const asked = readAsked(parseBody(await readBody(request)))
    await answerAdmitted(options, { ...exchange, asked })
  } finally {
    leave()
  }
}

function contextOf(request: Request, access: AccessService): CallContext {
  const identities = createIdentities(access, request.headers.authorization ?? pageAuthorization(request))
  return { requestId: String(request.id), identities, log: request.log }
}

/** A page's session counts as `Bearer` would. */
function pageAuthorization(request: Request): string | undefined {
  const session = pageSessionOf(request)
  return session === undefined ? undefined : `Bearer ${session}`
}

function readAsked({ value, text }: ParsedBody): Asked {
  const isBatch = Array.isArray(value)
  const elements: readonly unknown[] = isBatch ? value : [value]
  if (elements.length === 0) throw new RpcRefusal(invalidRequest('the batch is empty'))
  if (elements.length > BATCH_REQUESTS_MAX) {
    throw new RpcRefusal(invalidRequest(`a batch has at most ${BATCH_REQUESTS_MAX} requests`))
  }
  const ids = elements.some(hasNumericId) ? numericIds(text, isBatch) : NO_IDS
  return { isBatch, requests: elements.map((element, index) => readRequest(element, ids.get(index))) }
}

const NO_IDS: ReadonlyMap<number, string> = new Map()

interface Exchange {
  readonly asked: Asked
  readonly context: CallContext
  readonly request: Request
  readonly response: Response
}

/** The limits first: a request that isn't admitted is refused whole. */
async function answerAdmitted({ server, limits }: RpcEndpointOptions, exchange: Exchange): Promise<void> {
  const { asked, context, request, response } = exchange
  const admission = await limits.admit({
    requests: asked.requests.flatMap((read) => ('request' in read ? read.request : [])),
    size: asked.requests.length,
    identities: context.identities,
    address: addressOf(request),
  })
  response.set(admission.headers)
  if (admission.refusal) return refuseAdmission(response, asked, admission.refusal)
  try {
    await send(response, await answerAll(server, asked, context))
  } finally {
    admission.leave()
  }
}

const addressOf = (request: Request): string => request.ip ?? 'unknown'

async function refuseAdmission(
  response: Response,
  asked: Asked,
  refusal: NonNullable<Admission['refusal']>,
): Promise<void> {
  const [only] = asked.requests
  const envelope = asked.isBatch || !only ? NO_ENVELOPE : envelopeOf(only)
  await send(response.status(refusal.status), failureReply(envelope, refusal.error))
}

function envelopeOf(read: ReadRequest): Envelope {
  return 'request' in read ? read.request : read.envelope
}

/** Where no request could be read, the client's address pays. */
async function refuseUnread(
  { limits }: RpcEndpointOptions,
  request: Request,
  response: Response,
  error: RpcError,
): Promise<void> {
  const identities = { of: () => Promise.reject(new RpcRefusal(error)), forget: () => undefined }
  const admission = await limits.admit({ requests: [], size: 1, identities, address: addressOf(request) })
  admission.leave()
  response.set(admission.headers)
  if (admission.refusal) response.status(admission.refusal.status)
  await send(response, failureReply(NO_ENVELOPE, admission.refusal?.error ?? error))
}

/** One after the other, in order: a later request may rely on an earlier one's effect. Null: there is nothing to say. */
async function answerAll(server: RpcServer, asked: Asked, context: CallContext): Promise<string | null> {
  const replies: string[] = []
  let length = 0
  for (const read of asked.requests) {
    const isFull = length > ANSWERS_LENGTH_MAX
    const reply = isFull
      ? failureReply(envelopeOf(read), ANSWERS_TOO_LARGE)
      : await answer(server, read, context)
    length += reply?.length ?? 0
    if (reply !== null) replies.push(reply)
  }
  if (replies.length === 0) return null
  return asked.isBatch ? `[${replies.join(',')}]` : (replies[0] ?? null)
}

/** The reply as JSON text; null for a notification. */
async function answer(server: RpcServer, read: ReadRequest, context: CallContext): Promise<string | null> {
  if ('error' in read) return read.isNotification ? null : failureReply(read.envelope, read.error)
  const { request } = read
  const calling = callContext(context, request)
  const outcome = await server.execute(request, calling)
  if (request.isNotification) return null
  if ('error' in outcome) return failureReply(request, outcome.error)
  try {
    return successReply(request, outcome.result)
  } catch (error) {
    return failureReply(request, explain(error, request.method, calling))
  }
}

/** With a log of its own, made when there is something to tell: of most calls there isn't. */
function callContext({ requestId, identities, log }: CallContext, { method, id }: RpcRequest): CallContext {
  let own: CallContext['log'] | undefined
  return {
    requestId,
    identities,
    get log() {
      own ??= log.child({ rpcMethod: cut(method), rpcId: cut(id) })
      return own
    },
  }
}

/** The log isn't there to keep what a caller puts into 40 MiB of id. */
function cut<T>(value: T): T | string {
  return typeof value === 'string' ? value.slice(0, LOGGED_CHARACTERS_MAX) : value
}

async function send(response: Response, reply: string | null): Promise<void> {
  response.set('Cache-Control', 'no-store')
  if (reply === null) response.status(204).end()
  else await endInPieces(response.setHeader('Content-Type', 'application/json'), reply)
}
