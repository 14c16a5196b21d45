import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express'
import type { StoredAnswer } from '../../idempotency/idempotency-service.ts'
import { RequestAborted } from '../http/body-bytes.ts'
import { errorEnvelope } from './rest-answer.ts'
import { RestRefusal, toRestRefusal } from './rest-refusal.ts'

/** Answers a request, or throws what `refusing` makes an answer of. */
export type Endpoint = (request: Request, response: Response) => Promise<void>

/** Path of the request, without base path and query. What isn't below the base path is told whole. */
export function endpointOf({ baseUrl, path }: Request, basePath: string): string {
  const whole = baseUrl + path
  return whole.startsWith(`${basePath}/`) ? whole.slice(basePath.length) : whole
}

/** Behind all routes, whatever they are of. */
export function refuseUnknownRoutes(basePath: string): RequestHandler {
  return refusing(basePath, () => Promise.reject(noSuchRoute()))
}

/** What no route answered itself. Express refuses a path that is no percent-encoded UTF-8; it names nothing. */
export function answerErrors(basePath: string): ErrorRequestHandler {
  return (thrown: unknown, request, response, next) => {
    if (response.headersSent) return next(thrown)
    sendRefusal(request, response, { thrown: thrown instanceof URIError ? noSuchRoute() : thrown, basePath })
  }
}

function noSuchRoute(): RestRefusal {
  return new RestRefusal('not_found', 'There is no such route')
}

/** Runs `handle`; a refusal becomes an envelope, a bug is logged once and not told. */
export function refusing(basePath: string, handle: Endpoint): RequestHandler {
  return async (request, response, next) => {
    try {
      await handle(request, response)
    } catch (error) {
      if (error instanceof RequestAborted) return
      if (response.headersSent) return next(error)
      sendRefusal(request, response, { thrown: error, basePath })
    }
  }
}

export function sendRefusal(
  request: Request,
  response: Response,
  { thrown, basePath }: { thrown: unknown; basePath: string },
): void {
  const refusal = toRestRefusal(thrown)
  if (refusal.code === 'internal_error') request.log.error({ err: thrown }, 'request failed')
  if (refusal.code === 'unavailable') request.log.warn({ err: thrown }, 'request refused')
  for (const [name, value] of Object.entries(refusal.headers)) response.set(name, value)
  const text = JSON.stringify(errorEnvelope(refusal, endpointOf(request, basePath)))
  sendJson(response, { status: refusal.status, text })
}

/** On HEAD Node leaves the body out. */
export function sendJson(response: Response, { status, text }: StoredAnswer): void {
  response
    .status(status)
    .set('Content-Type', 'application/json; charset=utf-8')
    .set('Content-Length', String(Buffer.byteLength(text)))
    .set('Cache-Control', 'no-store')
    .end(text)
}
