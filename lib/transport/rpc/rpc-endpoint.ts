import type { Request, RequestHandler, Response } from 'express'
import { parseBody, readBody } from './rpc-body.ts'
import { failureReply, NO_ENVELOPE, readRequest, successReply } from './rpc-envelope.ts'
import { invalidRequest, RPC_ERRORS, type RpcError, RpcRefusal } from './rpc-error.ts'
import type { CallContext } from './rpc-method.ts'
import type { RpcServer } from './rpc-server.ts'

const BATCH_REQUESTS_MAX = 50

/** `POST {BASE_PATH}/api/jsonrpc`: contracts/rpc.md, sections 1 to 3. */
export function rpcEndpoint(server: RpcServer): RequestHandler {
  return async (request, response) => {
    if (request.method !== 'POST') {
      response.set('Allow', 'POST')
      return refuseAll(response, 405, invalidRequest('use POST'))
    }
    try {
      const body = parseBody(await readBody(request))
      const context = contextOf(request)
      const reply = Array.isArray(body)
        ? await answerBatch(server, body, context)
        : await answer(server, body, context)
      send(response, reply)
    } catch (error) {
      if (!(error instanceof RpcRefusal)) throw error
      refuseAll(response, error.error === RPC_ERRORS.tooLarge ? 413 : 200, error.error)
    }
  }
}

function contextOf(request: Request): CallContext {
  return { requestId: String(request.id), authorization: request.headers.authorization, log: request.log }
}

/** The reply as JSON text; null for a notification. */
async function answer(server: RpcServer, value: unknown, context: CallContext): Promise<string | null> {
  const read = readRequest(value)
  if ('error' in read) return read.isNotification ? null : failureReply(read.envelope, read.error)
  const { request } = read
  const log = context.log.child({ rpcMethod: request.method.slice(0, 100), rpcId: request.id })
  const outcome = await server.execute(request, { ...context, log })
  if (request.isNotification) return null
  return 'error' in outcome ? failureReply(request, outcome.error) : successReply(request, outcome.result)
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

function refuseAll(response: Response, status: number, error: RpcError): void {
  response.status(status)
  send(response, failureReply(NO_ENVELOPE, error))
}

function send(response: Response, reply: string | null): void {
  response.set('Cache-Control', 'no-store')
  if (reply === null) response.status(204).end()
  else response.set('Content-Type', 'application/json').end(reply)
}
