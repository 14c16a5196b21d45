import { Router } from 'express'
import type { Registry } from 'prom-client'

export interface Readiness {
  /** Null when ready, else why not. */
  check(): Promise<string | null>
}

/** `/healthz`, `/readyz`, `/metrics`: contracts/running.md, "Probes". */
export function probes(readiness: Readiness, metrics: Registry): Router {
  const router = Router()
  router.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' })
  })
  router.get('/readyz', async (_request, response) => {
    const reason = await readiness.check()
    response
      .status(reason === null ? 200 : 503)
      .json(reason === null ? { status: 'ready' } : { status: 'unavailable', reason })
  })
  router.get('/metrics', async (_request, response) => {
    response.set('Content-Type', metrics.contentType).send(await metrics.metrics())
  })
  return router
}
