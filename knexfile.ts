import type { Knex } from 'knex'
import { readConfig } from './lib/config.ts'
import { migrationConfig } from './lib/db/migrations.ts'

const { databaseUrl } = readConfig(process.env)
if (databaseUrl === null)
  throw new Error('knex needs DATABASE_URL: the embedded database is migrated at start')

/** For the knex command line against a real server: `NODE_OPTIONS='--import tsx' DATABASE_URL=… npx knex migrate:list`. */
const config: Knex.Config = { client: 'pg', connection: databaseUrl, migrations: migrationConfig }
export default config
