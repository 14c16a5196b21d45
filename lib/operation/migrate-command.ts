import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { migrate, outstandingMigrations, withStartLock } from '../db/migrations.ts'
import { withDatabase } from './database-access.ts'

/** Brings the schema up to date, alone among all processes of the database, and answers what to tell. */
export async function migrateDatabase(config: Config, log: Logger): Promise<string> {
  return withDatabase({ config, log }, (db) =>
    withStartLock(db, async () => {
      const names = await outstandingMigrations(db)
      await migrate(db)
      return names.length === 0 ? 'the database is up to date' : `migrated: ${names.join(', ')}`
    }),
  )
}
