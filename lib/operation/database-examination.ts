import type { Knex } from 'knex'
import { schemaStanding } from '../db/migrations.ts'
import { SchemaConflictError, type SchemaStanding } from '../db/schema-standing.ts'
import { type DatabaseFacts, getDatabaseFacts } from './examination-store.ts'
import type { Finding } from './finding.ts'

/** The oldest that the tests run on. */
const VERSION_MIN = 150_000
/** Beside its pool a process keeps one connection to listen and three for webhooks. */
const CONNECTIONS_BESIDE_POOL = 4
const CLOCK_SECONDS_MAX = 5
const MIB = 1024 * 1024

export async function examineDatabase(db: Knex, poolMax: number): Promise<readonly Finding[]> {
  const askedAt = Date.now()
  const facts = await getDatabaseFacts(db)
  const tookMs = Date.now() - askedAt
  const clockMs = Math.abs(facts.now.getTime() - (askedAt + tookMs / 2))
  return [
    versionFinding(facts),
    ...connectionsFinding(facts, poolMax + CONNECTIONS_BESIDE_POOL),
    clockFinding(clockMs),
    await migrationsFinding(db),
  ]
}

function versionFinding({ version, versionNumber, sizeBytes }: DatabaseFacts): Finding {
  const text = `PostgreSQL ${version}, ${Math.ceil(sizeBytes / MIB)} MiB`
  if (versionNumber >= VERSION_MIN) return { what: 'database', state: 'good', text }
  return {
    what: 'database',
    state: 'doubtful',
    text,
    advice: 'Packhouse is tested from PostgreSQL 15 on: upgrade it',
  }
}

/** The embedded server has one guest. */
function connectionsFinding(
  { connectionsMax, connectionsUsed }: DatabaseFacts,
  neededByOne: number,
): readonly Finding[] {
  const text = `${connectionsUsed} of ${connectionsMax} are in use`
  if (connectionsMax - connectionsUsed >= neededByOne) {
    return [{ what: 'connections', state: 'good', text }]
  }
  const advice = `one more process needs ${neededByOne}: raise max_connections or lower DATABASE_POOL_MAX (docs/scaling.md)`
  return [{ what: 'connections', state: 'doubtful', text, advice }]
}

function clockFinding(differenceMs: number): Finding {
  const text = `${(differenceMs / 1000).toFixed(1)} s between this machine and the database`
  if (differenceMs <= CLOCK_SECONDS_MAX * 1000) return { what: 'clock', state: 'good', text }
  return {
    what: 'clock',
    state: 'bad',
    text,
    advice: 'synchronise both by NTP: links to documents and signatures of webhooks depend on the time',
  }
}

async function migrationsFinding(db: Knex): Promise<Finding> {
  try {
    return standingFinding(await schemaStanding(db))
  } catch (error) {
    if (!(error instanceof SchemaConflictError)) throw error
    const advice =
      'run the version that made them, or restore the backup: no server of this version can start'
    return { what: 'migrations', state: 'bad', text: error.message, advice }
  }
}

function standingFinding({ missing, newer }: SchemaStanding): Finding {
  if (missing.length > 0) {
    const text = `outstanding: ${missing.join(', ')}`
    return { what: 'migrations', state: 'bad', text, advice: 'run packhouse migrate, or start the server' }
  }
  if (newer.length === 0) return { what: 'migrations', state: 'good', text: 'none is outstanding' }
  const text = `the database is newer than this program: it has ${newer.join(', ')}`
  return { what: 'migrations', state: 'doubtful', text, advice: 'end the update: run one version everywhere' }
}
