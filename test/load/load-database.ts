/** The database that the servers share, and the folder where they keep what isn't in it. */
import pg from 'pg'
import { startBenchDatabase } from '../../bench/bench-server.ts'
import { makeFolder } from '../../bench/folder.ts'
import { UsageError } from './load-options.ts'

export interface LoadDatabase {
  readonly url: string
  readonly dataDir: string
}

const CONNECT_MS = 10_000

/**
 * An embedded one of its own, or that at `url`, which is left as it is when it isn't empty: Packhouse would migrate it, seed
 * it, and print what waits there. Throws UsageError then. `stopWhatRuns` ends what it started.
 */
export async function openLoadDatabase(url: string | null): Promise<LoadDatabase> {
  if (url === null) {
    const { env, dataDir } = await startBenchDatabase()
    return { url: env['DATABASE_URL'] ?? '', dataDir }
  }
  await refuseUsed(url)
  return { url, dataDir: (await makeFolder()).path }
}

/** Any table, view, sequence or function of anybody's makes it used. */
const THINGS = `
  select n.nspname || '.' || c.relname as name
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where n.nspname <> 'information_schema' and n.nspname not like 'pg\\_%' and c.relkind <> 'i'
  union all
  select n.nspname from pg_catalog.pg_namespace n
  where n.nspname not in ('information_schema', 'public') and n.nspname not like 'pg\\_%'
  order by 1 limit 3`

async function refuseUsed(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS })
  await client.connect()
  try {
    const { rows } = await client.query<{ name: string }>(THINGS)
    if (rows.length > 0) {
      const found = rows.map(({ name }) => name).join(', ')
      throw new UsageError(`LOAD_DATABASE_URL must name an empty database; that one has ${found}`)
    }
  } finally {
    await client.end()
  }
}
