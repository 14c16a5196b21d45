import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Knex } from 'knex'
import { pino } from 'pino'
import { createDatabase } from '../../lib/db/database.ts'
import { startEmbeddedPostgres } from '../../lib/db/embedded-postgres.ts'
import { migrate } from '../../lib/db/migrations.ts'

/** What the process that runs the tests tells its workers: URLs on one PostgreSQL server, and a migrated database to clone. */
interface TestPostgres {
  /** Of the server's maintenance database. */
  readonly url: string
  readonly template: string
}

const SHARED = 'PACKHOUSE_TEST_POSTGRES'

export interface TestDatabase {
  readonly db: Knex
  readonly url: string
  drop(): Promise<void>
}

let admin: Knex | undefined

/** A migrated, empty database of its own, some 0.2 s; `TEST_DATABASE_URL` names a server, else the embedded one is used. */
export async function cloneDatabase(): Promise<TestDatabase> {
  const server = JSON.parse(process.env[SHARED] ?? 'null') as TestPostgres
  // Each worker process of mocha has a connection of its own for this, which ends with it.
  admin ??= createDatabase({ connectionString: server.url })
  const maintenance = admin
  const name = `packhouse_test_${randomBytes(6).toString('hex')}`
  await maintenance.raw('create database ?? template ??', [name, server.template])
  const url = urlOf(server.url, name)
  const db = createDatabase({ connectionString: url })
  return {
    db,
    url,
    async drop() {
      await db.destroy()
      await maintenance.raw('drop database ?? with (force)', [name])
    },
  }
}

/** Starts the server, once for all workers, and says in the environment where it is. Resolves to what ends it. */
export async function startTestPostgres(): Promise<() => Promise<void>> {
  const given = process.env['TEST_DATABASE_URL']
  const server =
    given === undefined || given === ''
      ? await startEmbedded()
      : { url: given, stop: () => Promise.resolve() }
  const maintenance = createDatabase({ connectionString: server.url })
  const template = `packhouse_template_${randomBytes(6).toString('hex')}`
  await maintenance.raw('create database ??', [template])
  const db = createDatabase({ connectionString: urlOf(server.url, template) })
  await migrate(db)
  await db.destroy()
  const told: TestPostgres = { url: server.url, template }
  process.env[SHARED] = JSON.stringify(told)
  return async () => {
    await maintenance.raw('drop database ?? with (force)', [template])
    await maintenance.destroy()
    await admin?.destroy()
    await server.stop()
  }
}

function urlOf(server: string, database: string): string {
  const url = new URL(server)
  url.pathname = `/${database}`
  return url.href
}

async function startEmbedded(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'packhouse-test-'))
  await chmod(dataDir, 0o755)
  const server = await startEmbeddedPostgres({ dataDir, log: pino({ level: 'silent' }) })
  const { host, port, user, database } = server.connection
  return {
    url: `postgres://${user}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`,
    async stop() {
      await server.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
