import { setMaxListeners } from 'node:events'
import type { Knex } from 'knex'
import type { Logger } from 'pino'
import type { Config } from './config.ts'
import { ACCESS_CHANNEL } from './db/access-signals.ts'
import { createDatabase, type DatabaseConnection, poolUseOf } from './db/database.ts'
import { startEmbeddedPostgres } from './db/embedded-postgres.ts'
import { type Notifications, startNotifications } from './db/notifications.ts'
import { whyNotReady } from './db/readiness.ts'
import { watchFreeBytes } from './disk-space.ts'
import { createEgressPoster } from './egress/egress-poster.ts'
import { type FirstStart, prepareDatabase } from './first-start.ts'
import { createHousekeeping } from './housekeeping.ts'
import { dataDirOf } from './operation/data-dir.ts'
import { reachGivenDatabase } from './operation/database-access.ts'
import type { DispatcherCheckpoint } from './print-jobs/delivery-step.ts'
import { createQueueFiguresService } from './print-jobs/queue-figures-service.ts'
import { type PrintingTiming, startPrinting } from './printing.ts'
import { createRendering } from './rendering/rendering-pool.ts'
import type { ThreadPool } from './rendering/rendering-threads.ts'
import { createServices, type Services } from './services.ts'
import { TakeDown } from './take-down.ts'
import { createApp } from './transport/app.ts'
import { type HttpServer, startHttpServer } from './transport/http/http-server.ts'
import { createMetrics, type Metrics } from './transport/http/metrics.ts'
import { loadPageBundle } from './transport/pages/page-bundle.ts'
import { createEventViews } from './transport/views/event-view.ts'
import { type ThermalDoor } from './transport/ws/thermal-access.ts'
import { startLocalDoor, upgradeAt } from './transport/ws/thermal-doors.ts'
import { ThermalEndpoint } from './transport/ws/thermal-endpoint.ts'
import { createDeliveryFiguresService } from './webhooks/delivery-figures-service.ts'
import {
  type DeliveryCheckpoint,
  startWebhookDelivery,
  type WebhookDelivery,
  type WebhookDeliveryOptions,
  type WebhookTiming,
} from './webhooks/webhook-delivery.ts'

/** A running server. */
export interface Packhouse {
  /** What links start with: PUBLIC_URL, or the address that is listened on, with the base path. */
  readonly baseUrl: string
  readonly dataDir: string
  readonly services: Services
  readonly firstStart: FirstStart
  /** Drains: accepts nothing more, lets what is in flight end or hands it back. Idempotent. */
  stop(): Promise<void>
  /** What a stop that is under way still waits for, in words for an operator. */
  waitsFor(): readonly string[]
}

export interface PackhouseOptions {
  readonly config: Config
  readonly log: Logger
  /** Called when the embedded database has ended and can't be started again; nothing works from then on. */
  readonly onDatabaseLost?: (error: Error) => void
  /** Called between the dispatcher's steps; tests end the process there. */
  readonly checkpoint?: DispatcherCheckpoint
  /** The same for the delivery of webhooks, and times other than the usual ones: for tests. */
  readonly webhookCheckpoint?: DeliveryCheckpoint
  readonly webhookTiming?: Partial<WebhookTiming>
  readonly printingTiming?: Partial<PrintingTiming>
  /** How long a station client's claim lasts, where that is not the 120 s of the contract: for tests. */
  readonly claimTtlSeconds?: number
  /** Rendering threads of all servers of a process, which start but once; absent: its own. For tests. */
  readonly renderingPool?: ThreadPool
}

const DRAIN_MS = 20_000

/** Starts everything, in order, and takes down again what had started when a later part fails. */
export async function startPackhouse(options: PackhouseOptions): Promise<Packhouse> {
  const takeDown = new TakeDown()
  const stop = () => takeDown.run()
  try {
    return { ...(await start(options, takeDown)), stop, waitsFor: () => takeDown.waitsFor() }
  } catch (error) {
    await stop().catch((late: unknown) =>
      options.log.warn({ err: late }, 'could not clean up after a failed start'),
    )
    throw error
  }
}

async function start(
  options: PackhouseOptions,
  takeDown: TakeDown,
): Promise<Omit<Packhouse, 'stop' | 'waitsFor'>> {
  const { config, log, checkpoint = () => undefined, claimTtlSeconds, printingTiming } = options
  const dataDir = dataDirOf(config)
  const connection = await connect(options, dataDir, takeDown)
  const db = createDatabase(connection, log.child({ service: 'database' }), config.databasePoolMax)
  takeDown.cleanUp('connections to the database', () => db.destroy())

  const { firstStart, fingerprintKey, linkKey } = await prepareDatabase({ db, config, dataDir, log })
  const rendering = createRendering({ log: log.child({ service: 'rendering' }), pool: options.renderingPool })
  takeDown.cleanUp('rendering', () => rendering.close())
  let baseUrl = config.http.publicUrl ?? ''
  let processNumber: number | null = null
  const metrics = createMetrics({
    queueFigures: createQueueFiguresService({ db }),
    deliveryFigures: createDeliveryFiguresService({ db }),
    poolUse: () => poolUseOf(db),
    dataDirFreeBytes: watchFreeBytes(dataDir),
  })
  const services = createServices({
    db,
    config,
    rendering,
    dataDir,
    claimTtlSeconds,
    fingerprintKey,
    linkKey,
    baseUrl: () => baseUrl,
    processNumber: () => processNumber,
    observe: metrics.observe,
    log,
  })
  takeDown.cleanUp('idempotency keys', async () => services.idempotency.close())
  const notifications = await startNotifications({ connection, log: log.child({ service: 'database' }) })
  takeDown.cleanUp('notifications of the database', () => notifications.stop())
  processNumber = notifications.processNumber
  await followAccess(services.standingAccess, notifications, takeDown)
  const printing = await startPrinting({
    db,
    notifications,
    services,
    rendering,
    dataDir,
    timing: printingTiming,
    checkpoint,
    observe: metrics.observe,
    log,
  })
  takeDown.drain('printing', () => printing.stop(DRAIN_MS))
  const housekeeping = createHousekeeping({ db, services, log })
  const { observe } = metrics
  const parts = { connection, notifications, services, observe, housekeeping }
  const webhookDelivery = await startWebhooks(options, parts)
  takeDown.drain('webhooks and housekeeping', () => webhookDelivery.stop())

  const server = await startDoors(
    { config, services, db, notifications, baseUrl: () => baseUrl, metrics, log },
    takeDown,
  )
  baseUrl = linkBase(config.http, server.origin)
  await firstStart.announce(baseUrl)
  return { baseUrl, dataDir, services, firstStart }
}

/** Connections that stay open end with the right that they were opened by. */
async function followAccess(
  access: Services['standingAccess'],
  notifications: Notifications,
  takeDown: TakeDown,
): Promise<void> {
  takeDown.cleanUp('rights of open connections', async () => access.close())
  await notifications.listen(ACCESS_CHANNEL, {
    onNotification: (subject) => access.hear(subject),
    onReconnect: () => access.catchUp(),
  })
}

/** Events to streams and webhooks, and what is done by the clock. */
function startWebhooks(
  { config, log, webhookCheckpoint, webhookTiming }: PackhouseOptions,
  parts: Pick<WebhookDeliveryOptions, 'connection' | 'notifications' | 'observe' | 'housekeeping'> & {
    readonly services: Services
  },
): Promise<WebhookDelivery> {
  const { services } = parts
  return startWebhookDelivery({
    ...parts,
    poster: createEgressPoster({ allow: config.egressAllow, log: log.child({ service: 'egress' }) }),
    views: createEventViews(services.documentLinks),
    timing: webhookTiming,
    checkpoint: webhookCheckpoint,
    log,
  })
}

interface Doors {
  readonly config: Config
  readonly services: Services
  readonly db: Knex
  readonly notifications: Notifications
  readonly baseUrl: () => string
  readonly metrics: Metrics
  readonly log: Logger
}

async function startDoors(
  { config, services, db, notifications, baseUrl, metrics, log }: Doors,
  takeDown: TakeDown,
): Promise<HttpServer> {
  const { http } = config
  const draining = new AbortController()
  // Every request that waits listens to it, and there may be thousands: Node would take eleven for a leak.
  setMaxListeners(0, draining.signal)
  const readiness = {
    check: () =>
      draining.signal.aborted ? Promise.resolve('the server is stopping') : whyNotReady(db, notifications),
  }
  const thermal = new ThermalEndpoint({
    services,
    log: log.child({ service: 'thermal' }),
  })
  takeDown.drain('WebSockets', () => thermal.close())
  const door: ThermalDoor = { kind: 'main', basePath: http.basePath }
  const app = createApp({
    ...http,
    pages: await loadPageBundle(),
    baseUrl,
    services,
    readiness,
    metrics,
    restLimits: config.restLimits,
    rpcLimits: config.rpcLimits,
    answerThermal: (request, response) => thermal.answer(door, request, response),
    draining: draining.signal,
    log,
  })
  const server = await startHttpServer(app, {
    host: http.host,
    port: http.port,
    drainMs: DRAIN_MS,
    onUpgrade: upgradeAt(thermal, door),
  })
  takeDown.drain('requests', () => {
    draining.abort()
    return server.close()
  })
  await startThermalPort(config.thermal, thermal, takeDown)
  if (http.publicUrl === null && server.isOnEveryAddress) {
    log.warn({ origin: server.origin }, 'PUBLIC_URL is not set: links lead to this machine alone')
  }
  return server
}

async function startThermalPort(
  { port, origins }: Config['thermal'],
  thermal: ThermalEndpoint,
  takeDown: TakeDown,
): Promise<void> {
  if (port === null) return
  const local = await startLocalDoor(thermal, { port, origins, drainMs: DRAIN_MS })
  takeDown.drain('the thermal port', () => local.close())
}

async function connect(
  { config, log, onDatabaseLost = () => undefined }: PackhouseOptions,
  dataDir: string,
  takeDown: TakeDown,
): Promise<DatabaseConnection> {
  if (config.databaseUrl !== null) return reachGivenDatabase(config, config.databaseUrl)
  const embedded = await startEmbeddedPostgres({ dataDir, log: log.child({ service: 'database' }) })
  takeDown.cleanUp('the embedded PostgreSQL', () => embedded.stop())
  embedded.keepRunning(onDatabaseLost)
  return embedded.connection
}

/** PUBLIC_URL may name the base path itself, as where a proxy adds it. */
function linkBase({ publicUrl, basePath }: Config['http'], origin: string): string {
  const base = publicUrl ?? origin
  return base.endsWith(basePath) ? base : base + basePath
}
