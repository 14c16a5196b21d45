import { readdir } from 'node:fs/promises'
import type { Knex } from 'knex'
import { migrateBackgroundWorker } from './background-worker.ts'
import type { DatabaseConnection } from './database.ts'

const MIGRATIONS_FOLDER = new URL('../../migrations/', import.meta.url)

/**
 * Knex would record file names with their extension, so that a later build of .js files would find its history
 * "corrupt": names are recorded without.
 */
class MigrationFiles implements Knex.MigrationSource<string> {
  async getMigrations(): Promise<string[]> {
    const files = await readdir(MIGRATIONS_FOLDER)
    return files
      .filter((file) => file.endsWith('.ts'))
      .map((file) => file.replace(/\.ts$/, ''))
      .sort()
  }

  getMigrationName(name: string): string {
    return name
  }

  async getMigration(name: string): Promise<Knex.Migration> {
    return (await import(new URL(`${name}.ts`, MIGRATIONS_FOLDER).href)) as Knex.Migration
  }
}

export const migrationConfig: Knex.MigratorConfig = {
  migrationSource: new MigrationFiles(),
  tableName: 'schema_migrations',
}

/** Any number, the same in every process: the lock that lets several start together. */
const START_LOCK = 7_225_001

/**
 * Runs `work` alone among all processes of the database. Knex's own migration lock makes the second process fail
 * instead of wait, and stays locked after a kill -9; an advisory lock ends with its transaction.
 */
export async function withStartLock<T>(db: Knex, work: () => Promise<T>): Promise<T> {
  return db.transaction(async (trx) => {
    await trx.raw('set local statement_timeout = 0')
    await trx.raw('set local idle_in_transaction_session_timeout = 0')
    await trx.raw('select pg_advisory_xact_lock(?)', [START_LOCK])
    return work()
  })
}

/** Brings the schema up to date. Call it under `withStartLock`. */
export async function migrate(db: Knex): Promise<void> {
  await db.migrate.forceFreeMigrationsLock(migrationConfig)
  await db.migrate.latest(migrationConfig)
  await migrateBackgroundWorker(connectionOf(db))
}

/** The background worker brings its own schema and connects by itself, to wherever the pool does. */
function connectionOf(db: Knex): DatabaseConnection {
  const { client } = db as unknown as { client: { connectionSettings: DatabaseConnection } }
  return client.connectionSettings
}

/** True when no migration is outstanding. */
export async function isMigrated(db: Knex): Promise<boolean> {
  return (await outstandingMigrations(db)).length === 0
}

/** Names, in their order. */
export async function outstandingMigrations(db: Knex): Promise<readonly string[]> {
  const [, outstanding] = (await db.migrate.list(migrationConfig)) as [unknown[], string[]]
  return outstanding
}
