import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import { startBackgroundWorker } from '../db/background-worker.ts'
import type { DatabaseConnection } from '../db/database.ts'
import type { Notifications } from '../db/notifications.ts'
import type { EgressPoster } from '../egress/egress-poster.ts'
import type { Observe } from '../observation.ts'
import { WakeSignal } from '../print-jobs/wake-signal.ts'
import type { DeliveriesService } from './deliveries-service.ts'
import type { DeliveryClaim, DeliveryOutcome, EndedDelivery } from './delivery.ts'
import { attemptDelivery } from './delivery-attempt.ts'
import type { EventViews } from './delivery-message.ts'
import type { EventStreamService } from './event-stream-service.ts'
import type { FanOutService } from './fan-out-service.ts'
import { DELIVER_TASK } from './job-store.ts'
import type { RetentionService } from './retention-service.ts'
import { RETRY_DELAYS_MS } from './retry-schedule.ts'
import { WebhookPumps } from './webhook-pump.ts'

/** The way of events to streams and webhooks, running. */
export interface WebhookDelivery {
  /** Claims nothing more, lets requests that are under way end. */
  stop(): Promise<void>
}

/** Where tests end the process. */
export type DeliveryCheckpoint = (step: 'claimed' | 'sent') => void

export interface WebhookTiming {
  readonly retryDelaysMs: readonly number[]
  /** The slow look that finds what no notification told. */
  readonly pollMs: number
  /** How often what dead processes left is looked for. */
  readonly overdueMs: number
}

export interface WebhookDeliveryOptions {
  readonly connection: DatabaseConnection
  readonly notifications: Notifications
  readonly services: {
    readonly deliveries: DeliveriesService
    readonly eventStream: EventStreamService
    readonly fanOut: FanOutService
    readonly retention: RetentionService
  }
  readonly poster: EgressPoster
  readonly views: EventViews
  readonly timing?: Partial<WebhookTiming> | undefined
  readonly checkpoint?: DeliveryCheckpoint | undefined
  /** What else the background worker does by the clock, once for all processes: by name, each with its crontab pattern. */
  readonly housekeeping?: Readonly<Record<string, Housekeeping>>
  readonly observe: Observe
  readonly log: Logger
}

export interface Housekeeping {
  readonly cron: string
  run(signal: AbortSignal): Promise<void>
}

const TIMING: WebhookTiming = { retryDelaysMs: RETRY_DELAYS_MS, pollMs: 2_000, overdueMs: 10_000 }
const PRUNE_TASK = 'prune_events'
/** A database that is away is asked again after that. */
const PAUSE_MS = 1_000
/**
 * What happens in one go is published in one go: a confirmation, its job and the job's way to paper are some five events
 * in as many commits. Nobody sees a page, a stream or a webhook come so much later.
 */
const GATHER_MS = 25

export async function startWebhookDelivery(options: WebhookDeliveryOptions): Promise<WebhookDelivery> {
  const { notifications, services } = options
  const log = options.log.child({ service: 'webhooks' })
  const timing = { ...TIMING, ...options.timing }
  const pumps = createPumps({ ...options, log }, timing)
  const publisher = new Publisher({ ...options, log }, timing)
  await notifications.listen('packhouse_events', {
    onNotification: () => publisher.wake(),
    onReconnect: () => publisher.wake(),
  })
  await notifications.listen('packhouse_stream', {
    onNotification: () => services.eventStream.announce(),
    onReconnect: () => services.eventStream.announce(),
  })
  const chores = {
    [PRUNE_TASK]: { cron: '17 * * * *', run: (signal: AbortSignal) => services.retention.prune(signal) },
    ...options.housekeeping,
  }
  const worker = startBackgroundWorker({
    connection: options.connection,
    tasks: {
      // The job ends at once: what it started is not its own, or one slow receiver would keep others' jobs waiting.
      [DELIVER_TASK]: (payload) => Promise.resolve(pumps.wake(webhookNumberOf(payload))),
      ...mapValues(
        chores,
        ({ run }) =>
          (_payload: unknown, signal: AbortSignal) =>
            run(signal),
      ),
    },
    cron: mapValues(chores, ({ cron }) => cron),
    pollMs: timing.pollMs,
    log,
  })
  return {
    async stop() {
      await Promise.all([worker.stop(), publisher.stop()])
      await pumps.stop()
    },
  }
}

function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  change: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]))
}

function createPumps(options: WebhookDeliveryOptions, { retryDelaysMs }: WebhookTiming): WebhookPumps {
  const { poster, views, log, checkpoint = () => undefined } = options
  const { deliveries } = options.services
  const attempt = async (claim: DeliveryClaim): Promise<DeliveryOutcome> => {
    checkpoint('claimed')
    const outcome = await attemptDelivery(claim, { poster, views, retryDelaysMs, log })
    checkpoint('sent')
    return outcome
  }
  const onRecorded = ({ claim, outcome }: EndedDelivery): void => {
    const { status, attempt: made, disabledReason } = outcome
    options.observe({ what: 'webhook', status, durationMs: made.durationMs })
    const { webhookId } = claim.webhook
    if (disabledReason !== null) log.info({ webhookId }, 'a webhook was disabled by its receiver')
    if (status === 'failed') log.info({ webhookId, eventId: claim.event.eventId }, 'a delivery failed')
  }
  return new WebhookPumps({
    deliveries,
    attempt,
    onRecorded,
    onError: (error, webhookNumber) => log.warn({ err: error, webhookNumber }, 'deliveries were interrupted'),
  })
}

function webhookNumberOf(payload: unknown): number {
  return Number((payload as { readonly webhook: unknown }).webhook)
}

/** Publishes what was recorded, one pass at a time, and now and then looks for deliveries that were left behind. */
class Publisher {
  readonly #options: Pick<WebhookDeliveryOptions, 'services' | 'log'>
  readonly #timing: WebhookTiming
  readonly #signal = new WakeSignal()
  readonly #running: Promise<void>
  #overdueAt = 0
  #isStopping = false

  constructor(options: Pick<WebhookDeliveryOptions, 'services' | 'log'>, timing: WebhookTiming) {
    this.#options = options
    this.#timing = timing
    this.wake()
    this.#running = this.#run()
  }

  wake(): void {
    this.#signal.wake()
  }

  async stop(): Promise<void> {
    this.#isStopping = true
    this.wake()
    await this.#running
  }

  async #run(): Promise<void> {
    while (!this.#isStopping) {
      if (await this.#signal.wait(this.#timing.pollMs)) await this.#gather()
      try {
        await this.#pass()
      } catch (error) {
        this.#options.log.warn({ err: error }, 'events could not be published')
        await delay(PAUSE_MS)
      }
    }
  }

  /** Those that wake it meanwhile are published in this pass. */
  async #gather(): Promise<void> {
    if (this.#isStopping) return
    await delay(GATHER_MS)
    await this.#signal.wait(0)
  }

  async #pass(): Promise<void> {
    const { fanOut, deliveries, eventStream } = this.#options.services
    while (!this.#isStopping && (await fanOut.publish())) this.wake()
    // Streams look for themselves now and then too, for notifications that were missed.
    if (performance.now() < this.#overdueAt || this.#isStopping) return
    this.#overdueAt = performance.now() + this.#timing.overdueMs
    eventStream.announce()
    await deliveries.enqueueOverdue()
  }
}
