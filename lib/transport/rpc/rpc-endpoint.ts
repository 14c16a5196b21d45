import type { Request, RequestHandler, Response } from 'express'
import { RequestAborted } from '../http/body-bytes.ts'
import { parseBody, readBody } from './rpc-body.ts'
import { failureReply, NO_ENVELOPE, readRequest, successReply } from './rpc-envelope.ts'
import { invalidRequest, RPC_ERRORS, type RpcError, RpcRefusal } from './rpc-error.ts'
import { explain } from './rpc-failure.ts'
import type { CallContext } from './rpc-method.ts'
import type { RpcServer } from './rpc-server.ts'

const BATCH_REQUESTS_MAX = 50
const LOGGED_CHARACTERS_MAX = 100

/** `POST {BASE_PATH}/api/jsonrpc`: contracts/rpc.md, sections 1 to 3. */
export function rpcEndpoint(server: RpcServer): RequestHandler {
  return async (request, response) => {
    if (request.method !== 'POST') {
      response.set('Allow', 'POST')
      return refuseAll(response, 405, invalidRequest('use POST'))
    }
    const context = contextOf(request)
    try {
      send(response, await answerBody(server, await readBody(request), context))
    } catch (error) {
      if (error instanceof RequestAborted) return
      const failure = explain(error, 'rpc', context)
      refuseAll(response, failure === RPC_ERRORS.tooLarge ? 413 : 200, failure)
    }
  }
}

function contextOf(request: Request): CallContext {
  return { requestId: String(request.id), authorization: request.headers.authorization, log: request.log }
}

/** The reply as JSON text; null when there is none to send. */
async function answerBody(server: RpcServer, bytes: Buffer, context: CallContext): Promise<string | null> {
  const body = parseBody(bytes)
  return Array.isArray(body) ? answerBatch(server, body, context) : answer(server, body, context)
}

/** The reply as JSON text; null for a notification. */
async function answer(server: RpcServer, value: unknown, context: CallContext): Promise<string | null> {
  const read = readRequest(value)
  if ('error' in read) return read.isNotification ? null : failureReply(read.envelope, read.error)
  const { request } = read
  const log = context.log.child({ rpcMethod: cut(request.method), rpcId: cut(request.id) })
  const outcome = await server.execute(request, { ...context, log })
  if (request.isNotification) return null
  if ('error' in outcome) return failureReply(request, outcome.error)
  try {
    return successReply(request, outcome.result)
  } catch (error) {
    return failureReply(request, explain(error, request.method, { ...context, log }))
  }
}

/** One after the other, in order: a later request may rely on an earlier one's effect. */
async function answerBatch(
  server: RpcServer,
  batch: unknown[],
  context: CallContext,
): Promise<string | null> {
  if (batch.length === 0) throw new RpcRefusal(invalidRequest('the batch is empty'))
  if (batch.length > BATCH_REQUESTS_MAX) {
    throw new RpcRefusal(invalidRequest(`a batch has at most ${BATCH_REQUESTS_MAX} requests`))
  }
  const replies: string[] = []
  for (const value of batch) {
    const reply = await answer(server, value, context)
    if (reply !== null) replies.push(reply)
  }
  return replies.length > 0 ? `[${replies.join(',')}]` : null
}

/** The log isn't there to keep what a caller puts into 40 MiB of id. */
function cut<T>(value: T): T | string {
  return typeof value === 'string' ? value.slice(0, LOGGED_CHARACTERS_MAX) : value
}

function refuseAll(response: Response, status: number, error: RpcError): void {
  response.status(status)
  send(response, failureReply(NO_ENVELOPE, error))
}

function send(response: Response, reply: string | null): void {
  response.set('Cache-Control', 'no-store')
  if (reply === null) response.status(204).end()
  else response.setHeader('Content-Type', 'application/json').end(reply)
}
