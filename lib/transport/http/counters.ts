import { Counter, Histogram, type Registry } from 'prom-client'
import { POOLS } from '../../../schemas/printer.ts'
import { DOORS, type Observation, type Observe, type RpcAnswer } from '../../observation.ts'
import { ATTEMPT_OUTCOMES } from '../../print-jobs/attempt.ts'
import { DELIVERY_STATUSES } from '../../webhooks/delivery.ts'
import { EVENT_TYPES } from '../../webhooks/event.ts'

export interface Counters {
  readonly observe: Observe
  /** Begins the series of these answers at 0. */
  expect(answers: readonly RpcAnswer[]): void
}

export const NO_POOL = 'none'
export const POOL_LABELS: readonly string[] = [...POOLS, NO_POOL]
/** From an idle printer that is asked nothing to one that was refilled half an hour later. */
const CLICK_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 1800]
const CALL_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]
/** Those that alarms look for. */
const EXPECTED_STATUSES = [200, 429, 500, 503]

/**
 * Every series is there from the start, at 0: what comes to be with its first event has no increase then, and an alarm
 * would miss the first of each process.
 */
export function createCounters(registry: Registry): Counters {
  const printing = countPrinting(registry)
  const requests = countRequests(registry)
  return {
    observe: (observation) => {
      printing(observation)
      requests.observe(observation)
    },
    expect: requests.expect,
  }
}

function countPrinting(registry: Registry): Observe {
  const registers = [registry]
  const events = new Counter({
    name: 'packhouse_events_total',
    help: 'Events made visible by this process: jobs created, processing, completed, failed, canceled, and all others',
    labelNames: ['type', 'pool'],
    registers,
  })
  for (const type of EVENT_TYPES) {
    const pools = type.startsWith('cloud_printing.job.') ? POOL_LABELS : [NO_POOL]
    for (const pool of pools) events.inc({ type, pool }, 0)
  }
  const click = new Histogram({
    name: 'packhouse_click_to_first_byte_seconds',
    help: 'From the making of a print job to the moment before its first byte',
    labelNames: ['pool'],
    buckets: CLICK_BUCKETS,
    registers,
  })
  for (const pool of POOL_LABELS) click.zero({ pool })
  const attempts = new Counter({
    name: 'packhouse_print_attempts_total',
    help: 'Lines of the ledger that this process closed',
    labelNames: ['outcome'],
    registers,
  })
  for (const outcome of ATTEMPT_OUTCOMES) attempts.inc({ outcome }, 0)
  return (observation: Observation) => {
    if (observation.what === 'attempt') attempts.inc({ outcome: observation.outcome })
    if (observation.what !== 'event') return
    const pool = observation.pool ?? NO_POOL
    events.inc({ type: observation.type, pool })
    if (observation.clickToFirstByteMs !== null)
      click.observe({ pool }, observation.clickToFirstByteMs / 1000)
  }
}

function countRequests(registry: Registry): Counters {
  const registers = [registry]
  const webhooks = new Histogram({
    name: 'packhouse_webhook_delivery_seconds',
    help: 'Attempts to deliver to webhooks: delivered, pending (tried again later), failed',
    labelNames: ['status'],
    buckets: CALL_BUCKETS,
    registers,
  })
  for (const status of DELIVERY_STATUSES) webhooks.zero({ status })
  const answers = new Counter({
    name: 'packhouse_rpc_answers_total',
    help: 'Answers of JSON-RPC, those within multiCall too; code is 0 for a result, else the error’s',
    labelNames: ['method', 'code'],
    registers,
  })
  const calls = new Histogram({
    name: 'packhouse_rpc_call_seconds',
    help: 'How long JSON-RPC calls took that were begun',
    labelNames: ['method'],
    buckets: CALL_BUCKETS,
    registers,
  })
  const responses = new Counter({
    name: 'packhouse_http_responses_total',
    help: 'Answers to HTTP requests by status',
    labelNames: ['door', 'status'],
    registers,
  })
  for (const door of DOORS) for (const status of EXPECTED_STATUSES) responses.inc({ door, status }, 0)
  return {
    expect(series) {
      for (const { method, code } of series) {
        answers.inc({ method, code }, 0)
        calls.zero({ method })
      }
    },
    observe(observation) {
      switch (observation.what) {
        case 'webhook':
          webhooks.observe({ status: observation.status }, observation.durationMs / 1000)
          return
        case 'response':
          responses.inc({ door: observation.door, status: observation.status })
          return
        case 'rpc': {
          const { method, code, durationMs } = observation
          answers.inc({ method, code })
          if (durationMs !== null) calls.observe({ method }, durationMs / 1000)
          return
        }
        case 'attempt':
        case 'event':
      }
    },
  }
}
