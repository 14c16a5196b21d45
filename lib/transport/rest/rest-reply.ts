import type { Request, RequestHandler, Response } from 'express'
import type { StoredAnswer } from '../../idempotency/idempotency-service.ts'
import { RequestAborted } from '../http/body-bytes.ts'
import { errorEnvelope } from './rest-answer.ts'
import { toRestRefusal } from './rest-refusal.ts'

/** Answers a request, or throws what `refusing` makes an answer of. */
export type Endpoint = (request: Request, response: Response) => Promise<void>

/** Path of the request, without base path and query. */
export function endpointOf({ baseUrl, path }: Request, basePath: string): string {
  return (baseUrl + path).slice(basePath.length)
}

/** Whether that path, base path included, belongs to the interface that answers in envelopes. */
export function isRestPath(path: string, basePath: string): boolean {
  return path === `${basePath}/v1` || path.startsWith(`${basePath}/v1/`)
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
