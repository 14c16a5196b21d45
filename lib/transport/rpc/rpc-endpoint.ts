import type { Request, RequestHandler, Response } from 'express'
import type { AccessService } from '../../access/access-service.ts'
import type { BodyBudget } from '../http/body-budget.ts'
import { RequestAborted } from '../http/body-bytes.ts'
import { endInPieces } from '../http/large-reply.ts'
import type { JsonText } from '../http/long-text.ts'
import { pageSessionOf } from '../http/page-session.ts'
import { numericIds } from './exact-id.ts'
import { type Answering, type Asked, answerAll, refuseAll, refuseUnreadable } from './rpc-answers.ts'
import { type ParsedBody, parseBody, readBody, roomForBody } from './rpc-body.ts'
import { hasNumericId, readRequest } from './rpc-envelope.ts'
import { invalidRequest, RPC_ERRORS, type RpcError, RpcRefusal } from './rpc-error.ts'
import { explain } from './rpc-failure.ts'
import { createIdentities } from './rpc-identities.ts'
import type { RpcLimits } from './rpc-limits.ts'
import type { CallContext } from './rpc-method.ts'

export interface RpcEndpointOptions extends Answering {
  readonly access: AccessService
  readonly limits: RpcLimits
  /** By client address: who asks isn't known before the body is read. */
  readonly bodies: BodyBudget
}

const BATCH_REQUESTS_MAX = 50
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
async function answerAdmitted(options: RpcEndpointOptions, exchange: Exchange): Promise<void> {
  const { asked, context, request, response } = exchange
  const admission = await options.limits.admit({
    requests: asked.requests.flatMap((read) => ('request' in read ? read.request : [])),
    size: asked.requests.length,
    identities: context.identities,
    address: addressOf(request),
  })
  response.set(admission.headers)
  if (admission.refusal) {
    const { status, error } = admission.refusal
    return send(response.status(status), refuseAll(options.telling, asked, error))
  }
  try {
    await send(response, await answerAll(options, asked, context))
  } finally {
    admission.leave()
  }
}

const addressOf = (request: Request): string => request.ip ?? 'unknown'

/** Where no request could be read, the client's address pays. */
async function refuseUnread(
  { limits, telling }: RpcEndpointOptions,
  request: Request,
  response: Response,
  error: RpcError,
): Promise<void> {
  const identities = { of: () => Promise.reject(new RpcRefusal(error)), forget: () => undefined }
  const admission = await limits.admit({ requests: [], size: 1, identities, address: addressOf(request) })
  admission.leave()
  response.set(admission.headers)
  if (admission.refusal) response.status(admission.refusal.status)
  await send(response, refuseUnreadable(telling, admission.refusal?.error ?? error))
}

async function send(response: Response, reply: string | JsonText | null): Promise<void> {
  response.set('Cache-Control', 'no-store')
  if (reply === null) response.status(204).end()
  else await endInPieces(response.setHeader('Content-Type', 'application/json'), reply)
}
