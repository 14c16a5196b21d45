import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Knex } from 'knex'
import { pino } from 'pino'
import { createDatabase } from '../../lib/db/database.ts'
import { startEmbeddedPostgres } from '../../lib/db/embedded-postgres.ts'
import { migrate } from '../../lib/db/migrations.ts'

interface TestPostgres {
  /** A URL of that database on the server. */
  urlOf(database: string): string
  /** Connected to the server's own maintenance database. */
  readonly admin: Knex
  readonly template: string
  stop(): Promise<void>
}

export interface TestDatabase {
  readonly db: Knex
  readonly url: string
  drop(): Promise<void>
}

let shared: Promise<TestPostgres> | undefined

/** A migrated, empty database of its own, some 0.2 s; `TEST_DATABASE_URL` names a server, else the embedded one is used. */
export async function cloneDatabase(): Promise<TestDatabase> {
  shared ??= startTestPostgres()
  const server = await shared
  const name = `packhouse_test_${randomBytes(6).toString('hex')}`
  await server.admin.raw('create database ?? template ??', [name, server.template])
  const url = server.urlOf(name)
  const db = createDatabase({ connectionString: url })
  return {
    db,
    url,
    async drop() {
      await db.destroy()
      await server.admin.raw('drop database ?? with (force)', [name])
    },
  }
}

export async function stopTestPostgres(): Promise<void> {
  const server = await shared
  shared = undefined
  await server?.stop()
}

async function startTestPostgres(): Promise<TestPostgres> {
  const given = process.env['TEST_DATABASE_URL']
  const server = given === undefined || given === '' ? await startEmbedded() : useServer(given)
  const admin = createDatabase({ connectionString: server.urlOf(server.database) })
  const template = `packhouse_template_${randomBytes(6).toString('hex')}`
  await admin.raw('create database ??', [template])
  const db = createDatabase({ connectionString: server.urlOf(template) })
  await migrate(db)
  await db.destroy()
  return {
    urlOf: server.urlOf,
    admin,
    template,
    async stop() {
      await admin.raw('drop database ??', [template])
      await admin.destroy()
      await server.stop()
    },
  }
}

interface Server {
  readonly database: string
  urlOf(database: string): string
  stop(): Promise<void>
}

function useServer(given: string): Server {
  const urlOf = (database: string) => {
    const url = new URL(given)
    url.pathname = `/${database}`
    return url.href
  }
  return { urlOf, database: new URL(given).pathname.slice(1), stop: () => Promise.resolve() }
}

async function startEmbedded(): Promise<Server> {
  const dataDir = await mkdtemp(join(tmpdir(), 'packhouse-test-'))
  await chmod(dataDir, 0o755)
  const server = await startEmbeddedPostgres({ dataDir, log: pino({ level: 'silent' }) })
  const { host, port, user, database } = server.connection
  return {
    database,
    urlOf: (name) => `postgres://${user}@localhost:${port}/${name}?host=${encodeURIComponent(host)}`,
    async stop() {
      await server.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
