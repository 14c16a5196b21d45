import type { IncomingMessage, ServerResponse } from 'node:http'
import express, { type Express, Router } from 'express'
import helmet from 'helmet'
import type { Logger } from 'pino'
import type { Services } from '../services.ts'
import { refuseWhileDraining } from './draining.ts'
import { createBodyBudget } from './http/body-budget.ts'
import { countResponses } from './http/response-counting.ts'
import type { Metrics } from './http/metrics.ts'
import { probes, type Readiness } from './http/probes.ts'
import type { RateLimit } from './http/rate-limiter.ts'
import { requestLogging, traceRequests } from './http/request-logging.ts'
import { floorPages } from './pages/floor-pages.ts'
import type { PageBundle } from './pages/page-bundle.ts'
import { rpcDocsPage } from './pages/rpc-docs-page.ts'
import { thermalDocsPage } from './pages/thermal-docs-page.ts'
import { createRestRateLimits } from './rest/rest-rate-limits.ts'
import { answerErrors, refuseUnknownRoutes } from './rest/rest-reply.ts'
import { createRestRouter } from './rest/rest-router.ts'
import { restRoutes } from './rest/routes.ts'
import { expectedAnswers } from './rpc/answer-telling.ts'
import { createRpc } from './rpc/methods.ts'
import { RPC_BODIES } from './rpc/rpc-body.ts'
import { rpcEndpoint } from './rpc/rpc-endpoint.ts'
import { createRpcLimits } from './rpc/rpc-limits.ts'

export interface AppOptions {
  readonly services: Services
  readonly readiness: Readiness
  readonly metrics: Metrics
  readonly basePath: string
  readonly pages: PageBundle
  /** What links start with. Asked each time: a server on a free port learns its address late. */
  readonly baseUrl: () => string
  readonly trustProxy: readonly string[]
  /** Answers plain requests where thermal clients connect; false for any other. */
  readonly answerThermal: (request: IncomingMessage, response: ServerResponse) => Promise<boolean>
  readonly restLimits: RateLimit
  readonly rpcLimits: RateLimit & { readonly concurrency: number }
  /** Aborted when the server begins to drain. */
  readonly draining: AbortSignal
  readonly log: Logger
}

/** Two of the largest bodies (36 MiB) per key, eight in all: each is held as bytes, text and value for a while. */
const REST_BODIES = { callerBytes: 75_497_472, totalBytes: 301_989_888, waitMs: 20_000, waitersMax: 1_000 }

/** Every route of the server, under the base path. */
export function createApp(options: AppOptions): Express {
  const { services, readiness, metrics, basePath, trustProxy, log } = options
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.enable('case sensitive routing')
  app.set('trust proxy', [...trustProxy])
  app.use(traceRequests)
  app.use(countResponses(metrics.observe, basePath))
  app.use(requestLogging(log))
  app.use(helmet())
  const rpc = createRpc(services, { baseUrl: options.baseUrl, observe: metrics.observe })
  metrics.expect(expectedAnswers(rpc.describe().methods))
  app.use(refuseWhileDraining(options.draining, { basePath, telling: rpc.telling }))

  app.use(async (request, response, next) => {
    if (!(await options.answerThermal(request, response))) next()
  })

  const routes = Router({ caseSensitive: true })
  routes.use(probes(readiness, metrics.registry))
  routes.all(
    '/api/jsonrpc',
    rpcEndpoint({
      server: rpc.server,
      telling: rpc.telling,
      access: services.access,
      limits: createRpcLimits(options.rpcLimits),
      bodies: createBodyBudget(RPC_BODIES),
    }),
  )
  routes.get('/docs/rpc', rpcDocsPage(rpc.describe))
  routes.get('/docs/thermal', thermalDocsPage({ basePath }))
  routes.use(floorPages(options.pages, basePath))
  routes.use(
    createRestRouter(restRoutes(services, { basePath }), {
      services,
      basePath,
      rateLimits: createRestRateLimits(options.restLimits),
      bodies: createBodyBudget(REST_BODIES),
      draining: options.draining,
    }),
  )
  app.use(basePath === '' ? '/' : basePath, routes)

  app.use(refuseUnknownRoutes(basePath))
  app.use(answerErrors(basePath))
  return app
}
