import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Observation, Observe } from '../../observation.ts'
import type { QueueFiguresService } from '../../print-jobs/queue-figures-service.ts'

export interface Metrics {
  readonly registry: Registry
  readonly observe: Observe
}

export interface MetricsSources {
  readonly queueFigures: QueueFiguresService
  /** Connections by what they do: `used`, `free`, and requests `waiting` for one. */
  readonly poolUse: () => Readonly<Record<string, number>>
}

const NO_POOL = 'none'
/** From an idle printer that is asked nothing to one that was refilled half an hour later. */
const CLICK_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 1800]
const CALL_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

/**
 * What `/metrics` tells, in seconds and counts: docs/operations.md, "Metrics". Counters are of this process; the queue's
 * gauges are the database's and so the same in every process.
 */
export function createMetrics(sources: MetricsSources): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  addGauges(registry, sources)
  return { registry, observe: createCounters(registry) }
}

function createCounters(registry: Registry): Observe {
  const registers = [registry]
  const events = new Counter({
    name: 'packhouse_events_total',
    help: 'Events made visible by this process: jobs created, processing, completed, failed, canceled, and all others',
    labelNames: ['type', 'pool'],
    registers,
  })
  const click = new Histogram({
    name: 'packhouse_click_to_first_byte_seconds',
    help: 'From the making of a print job to the moment before its first byte',
    labelNames: ['pool'],
    buckets: CLICK_BUCKETS,
    registers,
  })
  const attempts = new Counter({
    name: 'packhouse_print_attempts_total',
    help: 'Lines of the ledger that this process closed',
    labelNames: ['outcome'],
    registers,
  })
  const webhooks = new Histogram({
    name: 'packhouse_webhook_delivery_seconds',
    help: 'Attempts to deliver to webhooks: delivered, pending (tried again later), failed',
    labelNames: ['status'],
    buckets: CALL_BUCKETS,
    registers,
  })
  const calls = new Histogram({
    name: 'packhouse_rpc_call_seconds',
    help: 'JSON-RPC calls; code is 0 for a result, else the error’s',
    labelNames: ['method', 'code'],
    buckets: CALL_BUCKETS,
    registers,
  })
  return (observation: Observation) => {
    switch (observation.what) {
      case 'event': {
        const pool = observation.pool ?? NO_POOL
        events.inc({ type: observation.type, pool })
        if (observation.clickToFirstByteMs !== null)
          click.observe({ pool }, observation.clickToFirstByteMs / 1000)
        return
      }
      case 'attempt':
        attempts.inc({ outcome: observation.outcome })
        return
      case 'webhook':
        webhooks.observe({ status: observation.status }, observation.durationMs / 1000)
        return
      case 'rpc':
        calls.observe({ method: observation.method, code: observation.code }, observation.durationMs / 1000)
    }
  }
}

function addGauges(registry: Registry, { queueFigures, poolUse }: MetricsSources): void {
  const registers = [registry]
  const oldest = new Gauge({
    name: 'packhouse_queue_oldest_seconds',
    help: 'Age of the queued job that has waited longest',
    labelNames: ['pool'],
    registers,
  })
  new Gauge({
    name: 'packhouse_queue_jobs',
    help: 'Jobs that wait for a printer or are on their way to one',
    labelNames: ['pool', 'status'],
    registers,
    async collect() {
      // Without its database the server still tells the rest.
      const all = await queueFigures.current().catch(() => [])
      this.reset()
      oldest.reset()
      for (const figures of all) {
        const pool = figures.pool ?? NO_POOL
        this.set({ pool, status: 'queued' }, figures.queued)
        this.set({ pool, status: 'processing' }, figures.processing)
        oldest.set({ pool }, figures.oldestQueuedSeconds)
      }
    },
  })
  new Gauge({
    name: 'packhouse_database_connections',
    help: 'Connections of this process’s pool, and requests that wait for one',
    labelNames: ['state'],
    registers,
    collect() {
      for (const [state, count] of Object.entries(poolUse())) this.set({ state }, count)
    },
  })
}
