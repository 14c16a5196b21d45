import type { Knex } from 'knex'
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { createDatabase, type DatabaseConnection } from '../db/database.ts'
import { findEmbeddedPostgres, startEmbeddedPostgres } from '../db/embedded-postgres.ts'
import { refuseTransactionPooling } from '../db/pooling-check.ts'
import { DomainError } from '../errors.ts'
import { dataDirOf } from './data-dir.ts'
import { DatabaseFailure, explainConnecting, explainDatabase } from './database-failure.ts'

interface Means {
  readonly config: Config
  readonly log: Logger
}

/**
 * Lends the database that the environment names: that of DATABASE_URL, the embedded one of a running server, or one started
 * for this. Throws DatabaseFailure, what the embedded one's start throws, and what `work` does.
 */
export async function withDatabase<T>(means: Means, work: (db: Knex) => Promise<T>): Promise<T> {
  const { connection, stop } = await reach(means)
  const db = createDatabase(connection, means.log)
  try {
    return await work(db)
  } catch (error) {
    throw explainDatabase(error, means.config) ?? error
  } finally {
    await db.destroy()
    await stop()
  }
}

/** How DATABASE_URL is connected to. Throws DatabaseFailure where it can't be, or leads through a pooler that is of no use. */
export async function reachGivenDatabase(config: Config, databaseUrl: string): Promise<DatabaseConnection> {
  const connection = { connectionString: databaseUrl }
  try {
    await refuseTransactionPooling(connection)
  } catch (error) {
    throw explainConnecting(error, config)
  }
  return connection
}

interface Reached {
  readonly connection: DatabaseConnection
  stop(): Promise<void>
}

async function reach({ config, log }: Means): Promise<Reached> {
  const stop = () => Promise.resolve()
  if (config.databaseUrl !== null)
    return { connection: await reachGivenDatabase(config, config.databaseUrl), stop }
  const dataDir = dataDirOf(config)
  // DATA_DIR belongs to the server while it runs; its database takes guests.
  const running = await findEmbeddedPostgres(dataDir)
  if (running !== undefined) return { connection: running, stop }
  return startEmbeddedPostgres({ dataDir, log }).catch((error: unknown) => {
    throw isInUse(error) ? ownedElsewhere(error, dataDir) : error
  })
}

function isInUse(error: unknown): error is DomainError {
  return error instanceof DomainError && error.details.reason === 'data_dir_in_use'
}

/** Its own advice is for a second server. A command is a guest: there is a server, and no database yet to be a guest of. */
function ownedElsewhere(error: DomainError, dataDir: string): DatabaseFailure {
  const [who] = error.message.split(';')
  const text = `${who}, and its embedded database does not answer here`
  const advice =
    'it starts or has ended, and the server starts it again within seconds: try again in a moment. If it stays so, ' +
    `the server's log and ${dataDir}/postgres.log say why. Of a server in a container, run the command in there`
  return new DatabaseFailure({ text, advice }, { cause: error })
}
