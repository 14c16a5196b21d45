import type { RequestHandler, Response } from 'express'
import { RestRefusal } from './rest/rest-refusal.ts'
import { isRestPath, sendRefusal } from './rest/rest-reply.ts'

const RETRY_AFTER_SECONDS = '5'

/** Nothing new is accepted once the server drains: what comes on a connection that was open is asked to come again. */
export function refuseWhileDraining(draining: AbortSignal, basePath: string): RequestHandler {
  return (request, response, next) => {
    if (!draining.aborted) return next()
    response.set('Connection', 'close').set('Retry-After', RETRY_AFTER_SECONDS)
    if (!isRestPath(request.path, basePath)) return refusePlainly(response)
    sendRefusal(request, response, {
      thrown: new RestRefusal('unavailable', 'The server is stopping'),
      basePath,
    })
  }
}

function refusePlainly(response: Response): void {
  response.status(503).json({ error: 'the server is stopping' })
}
