import { Router } from 'express'
import { type EndpointOptions, pathEndpoint } from './rest-endpoint.ts'
import type { RestRoute } from './rest-route.ts'

/** The REST interface: the routes of the table. */
export function createRestRouter(routes: readonly RestRoute[], options: EndpointOptions): Router {
  const router = Router({ caseSensitive: true })
  for (const path of new Set(routes.map((route) => route.path))) {
    const verbs = routes.filter((route) => route.path === path)
    router.all(path, pathEndpoint(verbs, options))
  }
  return router
}
