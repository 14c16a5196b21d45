import type { Knex } from 'knex'
import { readConfig } from './lib/config.ts'
import { migrationConfig } from './lib/db/migrations.ts'

const { databaseUrl } = readConfig(process.env)

/** For the knex command line against a real server: `NODE_OPTIONS='--import tsx' DATABASE_URL=… npx knex migrate:list`. */
const config: Knex.Config = {
  client: 'pg',
  connection() {
    if (databaseUrl === null)
      throw new Error('knex needs DATABASE_URL: the embedded one is migrated at start')
    return { connectionString: databaseUrl }
  },
  migrations: migrationConfig,
}
export default config
