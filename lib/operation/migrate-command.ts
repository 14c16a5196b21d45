import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { migrate, withStartLock } from '../db/migrations.ts'
import type { SchemaStanding } from '../db/schema-standing.ts'
import { withDatabase } from './database-access.ts'

/** Brings the schema up to date, alone among all processes of the database, and answers what to tell. */
export async function migrateDatabase(config: Config, log: Logger): Promise<string> {
  return withDatabase({ config, log }, async (db) => tell(await withStartLock(db, () => migrate(db))))
}

function tell({ missing, newer }: SchemaStanding): string {
  if (newer.length > 0) return `the database is newer than this program: it has ${newer.join(', ')}`
  return missing.length === 0 ? 'the database is up to date' : `migrated: ${missing.join(', ')}`
}
