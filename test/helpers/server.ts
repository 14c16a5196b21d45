import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Knex } from 'knex'
import { pino } from 'pino'
import { readConfig } from '../../lib/config.ts'
import { type Packhouse, startPackhouse } from '../../lib/packhouse.ts'
import type { DispatcherCheckpoint } from '../../lib/print-jobs/delivery-step.ts'
import { createThreadPool } from '../../lib/rendering/rendering-threads.ts'
import type { PrintingTiming } from '../../lib/printing.ts'
import type { Services } from '../../lib/services.ts'
import type { WebhookTiming } from '../../lib/webhooks/webhook-delivery.ts'
import { cloneDatabase, type TestDatabase } from './database.ts'
import { createRpcClient, type RpcClient } from './rpc-client.ts'

/**
 * Of all servers that one process of mocha starts: a thread takes 0.7 s of processor to start, and there are hundreds of
 * servers. Enough for all those that a test has at once.
 */
export const renderingPool = createThreadPool(8)

export interface Credentials {
  readonly base_url: string
  readonly admin: { readonly api_key: string }
  readonly rpc: { readonly username: string; readonly api_key: string }
  readonly rpc_other_merchant: { readonly username: string; readonly api_key: string }
  readonly packer: { readonly username: string; readonly api_key: string }
  readonly supervisor: { readonly username: string; readonly api_key: string }
  readonly thermal: { readonly api_key: string }
  readonly location_id: string
  readonly station_id: string
}

/** The whole server on a database of its own, with the demo workspace: what `npm start` gives a newcomer. */
export interface TestServer {
  readonly url: string
  readonly services: Services
  /** For what no door shows: the ledger, the outbox. */
  readonly db: Knex
  /** What a further process of the same workspace needs. */
  readonly env: Readonly<Record<string, string>>
  readonly dataDir: string
  readonly credentials: Credentials
  readonly rpc: RpcClient
  /** Stops the server and keeps its database and files; `resume` starts it again. */
  pause(): Promise<void>
  resume(): Promise<void>
  stop(): Promise<void>
}

export interface TestServerOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly checkpoint?: DispatcherCheckpoint
  readonly webhookTiming?: Partial<WebhookTiming>
  readonly printingTiming?: Partial<PrintingTiming>
  readonly claimTtlSeconds?: number
  /** Hears each line of the log, from `env.LOG_LEVEL` on. */
  readonly onLog?: (line: string) => void
  /** Default: one of its own on the server of all tests. */
  readonly database?: TestDatabase
}

export async function startServer(options: TestServerOptions = {}): Promise<TestServer> {
  const database = options.database ?? (await cloneDatabase())
  const dataDir = await mkdtemp(join(tmpdir(), 'packhouse-server-'))
  const env = {
    PORT: '0',
    DATABASE_URL: database.url,
    DATA_DIR: dataDir,
    DEMO: 'true',
    LOG_LEVEL: 'silent',
    // Tests of other things aren't about limits.
    RPC_RATE_LIMIT: '0',
    RPC_CONCURRENCY: '0',
    REST_RATE_LIMIT: '0',
    ...options.env,
  }
  let packhouse = await startWith(env, options)
  const credentials = await readCredentials(dataDir)
  let rpc = rpcClientOf(packhouse.baseUrl, credentials)
  return {
    get url() {
      return packhouse.baseUrl
    },
    get services() {
      return packhouse.services
    },
    get rpc() {
      return rpc
    },
    db: database.db,
    env,
    dataDir,
    credentials,
    pause: () => packhouse.stop(),
    async resume() {
      packhouse = await startWith(env, options)
      rpc = rpcClientOf(packhouse.baseUrl, credentials)
    },
    async stop() {
      await packhouse.stop()
      await database.drop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

function startWith(
  env: Readonly<Record<string, string>>,
  { checkpoint, claimTtlSeconds, webhookTiming, printingTiming, onLog }: TestServerOptions,
): Promise<Packhouse> {
  const config = readConfig(env)
  return startPackhouse({
    config,
    log: pino({ level: config.logLevel }, ...(onLog ? [{ write: onLog }] : [])),
    renderingPool,
    ...(checkpoint && { checkpoint }),
    ...(printingTiming && { printingTiming }),
    ...(webhookTiming && { webhookTiming }),
    ...(claimTtlSeconds !== undefined && { claimTtlSeconds }),
  })
}

export async function readCredentials(dataDir: string): Promise<Credentials> {
  return JSON.parse(await readFile(join(dataDir, 'credentials.json'), 'utf8')) as Credentials
}

export function rpcClientOf(baseUrl: string, credentials: Credentials): RpcClient {
  return createRpcClient(`${baseUrl}/api/jsonrpc`, {
    demo: credentials.rpc.api_key,
    'demo-other': credentials.rpc_other_merchant.api_key,
    packer: credentials.packer.api_key,
    supervisor: credentials.supervisor.api_key,
  })
}
