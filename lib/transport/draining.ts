import type { RequestHandler, Response } from 'express'
import { RestRefusal } from './rest/rest-refusal.ts'
import { sendRefusal } from './rest/rest-reply.ts'
import type { AnswerTelling } from './rpc/answer-telling.ts'
import { refuseUnreadable } from './rpc/rpc-answers.ts'
import { unavailableError } from './rpc/rpc-error.ts'

const RETRY_AFTER_SECONDS = '5'

/** Nothing new is accepted once the server drains: what comes on a connection that was open is asked to come again. */
export function refuseWhileDraining(
  draining: AbortSignal,
  { basePath, telling }: { readonly basePath: string; readonly telling: AnswerTelling },
): RequestHandler {
  return (request, response, next) => {
    if (!draining.aborted) return next()
    response.set('Connection', 'close').set('Retry-After', RETRY_AFTER_SECONDS)
    if (request.path.startsWith(`${basePath}/api/jsonrpc`))
      return refuseCall(telling, response, String(request.id))
    sendRefusal(request, response, {
      thrown: new RestRefusal('unavailable', 'The server is stopping'),
      basePath,
    })
  }
}

/** In JSON-RPC, unread: the client has an answer that it can parse. */
function refuseCall(telling: AnswerTelling, response: Response, requestId: string): void {
  const error = unavailableError(requestId)
  response.status(503).set('Content-Type', 'application/json').end(refuseUnreadable(telling, error))
}
