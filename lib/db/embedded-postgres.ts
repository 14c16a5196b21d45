import { realpath } from 'node:fs/promises'
import path from 'node:path'
import pg from 'pg'
import type { Logger } from 'pino'
import { DomainError } from '../errors.ts'
import { ACCOUNT_NAMES, accountFor, type DatabaseAccount } from './embedded-account.ts'
import { findBinariesPackage, prepareBinaries } from './embedded-binaries.ts'
import { type Cluster, DATABASE_USER, ensureCluster } from './embedded-cluster.ts'
import { prepareDataDir } from './embedded-data-dir.ts'
import { acquireDataDirLock } from './embedded-lock.ts'
import { type Keeper, keepRunning } from './embedded-keeper.ts'
import { adoptOrLaunch, findServer, type RunningServer, stopServer } from './embedded-server.ts'
import { removeSocketFolder, SOCKET_PORT } from './embedded-socket.ts'

export interface EmbeddedPostgres {
  /** For pg and Knex: `host` is the folder of the Unix socket. */
  readonly connection: {
    readonly host: string
    readonly port: number
    readonly user: string
    readonly database: string
  }
  /**
   * From now on a server that ends by itself is started again, where the same connection leads to it. `onLost` is called
   * once, when that doesn't help.
   */
  keepRunning(onLost: (error: Error) => void): void
  /** Stops the server (fast shutdown). Idempotent. */
  stop(): Promise<void>
}

const DATABASE = 'packhouse'
const QUERY_TIMEOUT_MS = 30_000

/**
 * Starts, or adopts after a crash, the PostgreSQL under `dataDir`/postgres. Database `packhouse` exists when it
 * resolves. One process at a time may have a `dataDir`; a second gets a DomainError that names the first, as does
 * everything else that keeps the server from running. docs/decisions/0002-embedded-postgresql.md says why it is so.
 */
export async function startEmbeddedPostgres(options: {
  dataDir: string
  log: Logger
  /** Of PostgreSQL, over ours: for tests, whose data may be lost. */
  settings?: Readonly<Record<string, string>>
}): Promise<EmbeddedPostgres> {
  const binariesPackage = await findBinariesPackage()
  const account = existing(accountFor(path.resolve(options.dataDir)))
  const dataDir = await prepareDataDir(options.dataDir, account)
  const lock = await acquireDataDirLock(dataDir)
  try {
    const cluster: Cluster = {
      dataDir,
      folder: path.join(dataDir, 'postgres'),
      logFile: path.join(dataDir, 'postgres.log'),
      binaries: await prepareBinaries(binariesPackage, dataDir, account),
      account,
      ...(options.settings && { settings: options.settings }),
    }
    await ensureCluster(cluster)
    const { log } = options
    const server = await serve(cluster, log)
    const { socketFolder } = server
    const restart = () => adoptOrLaunch(cluster, log, socketFolder)
    let keeper: Keeper | undefined
    const stop = async () => {
      const { identity } = (await keeper?.stop()) ?? server
      await stopServer(identity, log)
      await removeSocketFolder(socketFolder, dataDir)
      await lock.release()
    }
    let stopped: Promise<void> | undefined
    return {
      connection: connectionTo(server, DATABASE),
      keepRunning: (onLost) => void (keeper ??= keepRunning({ server, restart, onLost, log })),
      stop: () => (stopped ??= stop()),
    }
  } catch (error) {
    await lock.release()
    throw error
  }
}

/** The database of a Packhouse that runs on `dataDir`, for a guest; undefined when none runs. */
export async function findEmbeddedPostgres(
  dataDir: string,
): Promise<EmbeddedPostgres['connection'] | undefined> {
  const folder = path.join(await realpath(dataDir).catch(() => dataDir), 'postgres')
  const server = await findServer(folder)
  return server && connectionTo(server, DATABASE)
}

/** A running server of the right version with our database in it. */
async function serve(cluster: Cluster, log: Logger): Promise<RunningServer> {
  const server = await adoptOrLaunch(cluster, log)
  try {
    const serverPid = server.identity.pid
    const serverVersion = await ensureDatabase(server)
    if (serverVersion === cluster.binaries.serverVersion) {
      log.info({ serverPid, serverVersion, isAdopted: server.isAdopted }, 'embedded PostgreSQL is ready')
      return server
    }
    log.info({ serverPid, serverVersion }, 'restarting the embedded PostgreSQL with its new binaries')
    await stopServer(server.identity, log)
    return await adoptOrLaunch(cluster, log)
  } catch (error) {
    await stopServer(server.identity, log)
    throw error
  }
}

/** Returns the server's version. `create database` can't be part of initdb, so a crash may have come between the two. */
async function ensureDatabase(server: RunningServer): Promise<string | undefined> {
  const client = new pg.Client({
    ...connectionTo(server, 'postgres'),
    // pg would otherwise obey PGSSLMODE.
    ssl: false,
    connectionTimeoutMillis: QUERY_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
  })
  // Without a listener, a server that ends now would end us too; the query fails all the same.
  client.on('error', () => undefined)
  await client.connect()
  try {
    const found = await client.query('select from pg_database where datname = $1', [DATABASE])
    if (found.rowCount === 0) await client.query(`create database ${DATABASE}`)
    const { rows } = await client.query<{ server_version: string }>('show server_version')
    return rows[0]?.server_version
  } finally {
    await client.end()
  }
}

function connectionTo(
  { socketFolder }: Pick<RunningServer, 'socketFolder'>,
  database: string,
): EmbeddedPostgres['connection'] {
  return { host: socketFolder, port: SOCKET_PORT, user: DATABASE_USER, database }
}

function existing(account: DatabaseAccount | 'none' | undefined): DatabaseAccount | undefined {
  if (account !== 'none') return account
  throw new DomainError(
    'unavailable',
    `PostgreSQL refuses to run as root, and the account file has none of ${ACCOUNT_NAMES.join(', ')}; ` +
      'start Packhouse as another account, or set DATABASE_URL',
    { subject: 'database', reason: 'account_missing' },
  )
}
