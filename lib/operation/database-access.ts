import type { Knex } from 'knex'
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { createDatabase, type DatabaseConnection } from '../db/database.ts'
import { defaultDataDir } from '../db/embedded-data-dir.ts'
import { findEmbeddedPostgres, startEmbeddedPostgres } from '../db/embedded-postgres.ts'

/** Lends the database that the environment names: that of DATABASE_URL, the embedded one of a running server, or one started for this. */
export async function withDatabase<T>(
  { config, log }: { readonly config: Config; readonly log: Logger },
  work: (db: Knex) => Promise<T>,
): Promise<T> {
  const { connection, stop } = await reach(config, log)
  const db = createDatabase(connection)
  try {
    return await work(db)
  } finally {
    await db.destroy()
    await stop()
  }
}

export function dataDirOf(config: Config): string {
  return config.dataDir ?? defaultDataDir(process.cwd())
}

interface Reached {
  readonly connection: DatabaseConnection
  stop(): Promise<void>
}

async function reach(config: Config, log: Logger): Promise<Reached> {
  const stop = () => Promise.resolve()
  if (config.databaseUrl !== null) return { connection: { connectionString: config.databaseUrl }, stop }
  const dataDir = dataDirOf(config)
  // DATA_DIR belongs to the server while it runs; its database takes guests.
  const running = await findEmbeddedPostgres(dataDir)
  if (running !== undefined) return { connection: running, stop }
  return startEmbeddedPostgres({ dataDir, log })
}
