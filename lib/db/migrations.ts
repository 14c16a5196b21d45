import { readdir } from 'node:fs/promises'
import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { migrateBackgroundWorker } from './background-worker.ts'
import { createMigrationDatabase, type DatabaseConnection, query, queryOne } from './database.ts'
import { type SchemaStanding, standingOf } from './schema-standing.ts'

const MIGRATIONS_FOLDER = new URL('../../migrations/', import.meta.url)

/**
 * An index of a million rows takes the time that it takes: the limit of other statements would end it at each start anew. A lock that
 * somebody holds is waited for as long as other statements may take, since behind the migration everybody else waits for it.
 */
const MIGRATION_LIMITS = `set local statement_timeout = 0; set local lock_timeout = '30s'`

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
    const migration = (await import(new URL(`${name}.ts`, MIGRATIONS_FOLDER).href)) as Knex.Migration
    return {
      ...migration,
      async up(knex) {
        await knex.raw(MIGRATION_LIMITS)
        await migration.up(knex)
      },
    }
  }
}

const FILES = new MigrationFiles()
const TABLE = 'schema_migrations'

export const migrationConfig: Knex.MigratorConfig = { migrationSource: FILES, tableName: TABLE }

/** Any number, the same in every process: the lock that lets several start together. */
const START_LOCK = 7_225_001
/** An upgrade of a large database, before this process's turn. */
const START_LOCK_WAIT_MS = 24 * 3_600_000

/**
 * Runs `work` alone among all processes of the database. Knex's own migration lock makes the second process fail
 * instead of wait, and stays locked after a kill -9; an advisory lock ends with its transaction.
 */
export async function withStartLock<T>(db: Knex, work: () => Promise<T>): Promise<T> {
  return db.transaction(async (trx) => {
    await trx.raw('set local statement_timeout = 0')
    await trx.raw('set local idle_in_transaction_session_timeout = 0')
    await trx
      .raw('select pg_advisory_xact_lock(?)', [START_LOCK])
      .options({ query_timeout: START_LOCK_WAIT_MS })
    return work()
  })
}

/**
 * Brings the schema up to date, and answers where it stood before. Call it under `withStartLock`. `log` is told before it begins: with
 * large tables nothing else is heard of the process for minutes. Throws SchemaConflictError.
 */
export async function migrate(db: Knex, log?: Logger): Promise<SchemaStanding> {
  const standing = await schemaStanding(db)
  // Knex takes a database that is newer than its files for a broken one.
  if (standing.missing.length > 0) {
    log?.info({ migrations: standing.missing }, 'migrating the database')
    await migrateTables(connectionOf(db))
  }
  await migrateBackgroundWorker(connectionOf(db))
  return standing
}

async function migrateTables(connection: DatabaseConnection): Promise<void> {
  const db = createMigrationDatabase(connection)
  try {
    await db.migrate.forceFreeMigrationsLock(migrationConfig)
    await db.migrate.latest(migrationConfig)
  } finally {
    await db.destroy()
  }
}

/** The background worker brings its own schema and connects by itself, to wherever the pool does. */
function connectionOf(db: Knex): DatabaseConnection {
  const { client } = db as unknown as { client: { connectionSettings: DatabaseConnection } }
  return client.connectionSettings
}

/** Throws SchemaConflictError. */
export async function schemaStanding(db: Knex): Promise<SchemaStanding> {
  return standingOf(await FILES.getMigrations(), await recordedMigrations(db))
}

async function recordedMigrations(db: Knex): Promise<readonly string[]> {
  const table = await queryOne<{ name: string | null }>(db, `select to_regclass('${TABLE}')::text as name`)
  if (!table?.name) return []
  const rows = await query<{ name: string }>(db, `select name from ${TABLE} order by name`)
  return rows.map(({ name }) => name)
}
