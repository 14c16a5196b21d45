import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { QueueFigures, QueueFiguresService } from '../../print-jobs/queue-figures-service.ts'
import type { DeliveryFigures, DeliveryFiguresService } from '../../webhooks/delivery-figures-service.ts'
import { type Counters, createCounters, NO_POOL, POOL_LABELS } from './counters.ts'

export interface Metrics extends Counters {
  readonly registry: Registry
}

export interface MetricsSources {
  readonly queueFigures: QueueFiguresService
  readonly deliveryFigures: DeliveryFiguresService
  /** Connections by what they do: `used`, `free`, and requests `waiting` for one. */
  readonly poolUse: () => Readonly<Record<string, number>>
  /** On the disk of DATA_DIR; rejects where that doesn't tell. */
  readonly dataDirFreeBytes: () => Promise<number>
}

/**
 * What `/metrics` tells, in seconds and counts: docs/operations.md, "Metrics". Counters are of this process; the queue's
 * gauges are the database's and so the same in every process.
 */
export function createMetrics(sources: MetricsSources): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  addGauges(registry, sources)
  return { registry, ...createCounters(registry) }
}

// Each gauge asks for itself: all are collected at the same time, and one that another sets would tell its last value.
function addGauges(registry: Registry, sources: MetricsSources): void {
  const registers = [registry]
  addQueueGauges(registers, sources)
  addDeliveryGauges(registers, sources)
  addProcessGauges(registers, sources)
}

function addQueueGauges(registers: Registry[], { queueFigures }: MetricsSources): void {
  new Gauge({
    name: 'packhouse_queue_oldest_seconds',
    help: 'Age of the queued job that has waited longest',
    labelNames: ['pool'],
    registers,
    async collect() {
      const figuresOf = await byPool(queueFigures)
      this.reset()
      if (!figuresOf) return
      for (const pool of POOL_LABELS) this.set({ pool }, figuresOf(pool)?.oldestQueuedSeconds ?? 0)
    },
  })
  new Gauge({
    name: 'packhouse_queue_jobs',
    help: 'Jobs that wait for a printer or are on their way to one',
    labelNames: ['pool', 'status'],
    registers,
    async collect() {
      const figuresOf = await byPool(queueFigures)
      this.reset()
      if (!figuresOf) return
      for (const pool of POOL_LABELS) {
        this.set({ pool, status: 'queued' }, figuresOf(pool)?.queued ?? 0)
        this.set({ pool, status: 'processing' }, figuresOf(pool)?.processing ?? 0)
      }
    },
  })
}

function addDeliveryGauges(registers: Registry[], { deliveryFigures }: MetricsSources): void {
  const gauge = (name: string, help: string, pick: (figures: DeliveryFigures) => number) =>
    new Gauge({
      name,
      help,
      registers,
      async collect() {
        const figures = await deliveryFigures.current().catch(() => undefined)
        if (figures) this.set(pick(figures))
        else this.remove()
      },
    })
  gauge('packhouse_webhook_due', 'Webhook deliveries whose time has come', ({ due }) => due)
  gauge(
    'packhouse_webhook_oldest_due_seconds',
    'For how long the webhook delivery has been due that waits longest',
    ({ oldestDueSeconds }) => oldestDueSeconds,
  )
}

function addProcessGauges(registers: Registry[], { poolUse, dataDirFreeBytes }: MetricsSources): void {
  new Gauge({
    name: 'packhouse_database_connections',
    help: 'Connections of this process’s pool, and requests that wait for one',
    labelNames: ['state'],
    registers,
    collect() {
      for (const [state, count] of Object.entries(poolUse())) this.set({ state }, count)
    },
  })
  new Gauge({
    name: 'packhouse_data_dir_free_bytes',
    help: 'What may still be written to the disk of DATA_DIR',
    registers,
    async collect() {
      const freeBytes = await dataDirFreeBytes().catch(() => undefined)
      if (freeBytes === undefined) this.remove()
      else this.set(freeBytes)
    },
  })
}

/** Undefined: the database doesn't tell. The rest is told without it, and these series are absent. */
async function byPool(
  queueFigures: QueueFiguresService,
): Promise<((pool: string) => QueueFigures | undefined) | undefined> {
  const all = await queueFigures.current().catch(() => undefined)
  return all && ((label) => all.find(({ pool }) => (pool ?? NO_POOL) === label))
}
