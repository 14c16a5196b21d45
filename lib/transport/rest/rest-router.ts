import { type ErrorRequestHandler, Router } from 'express'
import { type EndpointOptions, pathEndpoint } from './rest-endpoint.ts'
import { RestRefusal } from './rest-refusal.ts'
import { refusing, sendRefusal } from './rest-reply.ts'
import type { RestRoute } from './rest-route.ts'

/** The REST interface: the routes of the table, and an envelope for whatever else is asked under `/v1`. */
export function createRestRouter(routes: readonly RestRoute[], options: EndpointOptions): Router {
  const { basePath } = options
  const router = Router({ caseSensitive: true })
  for (const path of new Set(routes.map((route) => route.path))) {
    const verbs = routes.filter((route) => route.path === path)
    router.all(path, pathEndpoint(verbs, options))
  }
  router.use(
    '/v1',
    refusing(basePath, () => Promise.reject(noSuchRoute())),
  )
  router.use(answerErrors(basePath))
  return router
}

function noSuchRoute(): RestRefusal {
  return new RestRefusal('not_found', 'There is no such route')
}

/** Express itself refuses a path that is no percent-encoded UTF-8; it names nothing. */
function answerErrors(basePath: string): ErrorRequestHandler {
  return (thrown: unknown, request, response, next) => {
    if (response.headersSent) return next(thrown)
    sendRefusal(request, response, { thrown: thrown instanceof URIError ? noSuchRoute() : thrown, basePath })
  }
}
