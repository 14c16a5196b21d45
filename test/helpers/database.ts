import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Knex } from 'knex'
import { pino } from 'pino'
import { createDatabase } from '../../lib/db/database.ts'
import { startEmbeddedPostgres } from '../../lib/db/embedded-postgres.ts'
import { migrate } from '../../lib/db/migrations.ts'
import { giveToOwnerOf } from '../db/embedded-fixture.ts'
import { makeMemoryFolder } from './memory-folder.ts'

/** What the process that runs the tests tells its workers: URLs on one PostgreSQL server, and a migrated database to clone. */
interface TestPostgres {
  /** Of the server's maintenance database. */
  readonly url: string
  readonly template: string
  /** Of SQL: how it is cloned fastest there. */
  readonly clause: string
}

/** Its data need not outlive the machine, only its processes. Each worker of mocha may have several servers. */
const SETTINGS = { fsync: 'off', full_page_writes: 'off', max_connections: '300' }

const TABLESPACE = 'memory'
const SHARED = 'PACKHOUSE_TEST_POSTGRES'

export interface TestDatabase {
  readonly db: Knex
  readonly url: string
  drop(): Promise<void>
}

let admin: Knex | undefined

/** A migrated, empty database of its own, some 0.05 s in memory; `TEST_DATABASE_URL` names a server, else the embedded one is used. */
export async function cloneDatabase(): Promise<TestDatabase> {
  const server = JSON.parse(process.env[SHARED] ?? 'null') as TestPostgres
  // Each worker process of mocha has a connection of its own for this, which ends with it.
  admin ??= createDatabase({ connectionString: server.url })
  const maintenance = admin
  const name = `packhouse_test_${randomBytes(6).toString('hex')}`
  await maintenance.raw(`create database ?? template ?? ${server.clause}`, [name, server.template])
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
      : { url: given, tablespace: '', stop: () => Promise.resolve() }
  const maintenance = createDatabase({ connectionString: server.url })
  const template = `packhouse_template_${randomBytes(6).toString('hex')}`
  await maintenance.raw('create database ??', [template])
  const db = createDatabase({ connectionString: urlOf(server.url, template) })
  await migrate(db)
  await db.destroy()
  const clause = `${server.tablespace} ${await strategyOf(maintenance)}`
  const told: TestPostgres = { url: server.url, template, clause }
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

/** To copy files takes two checkpoints, and so a fraction of the other way's time only where nothing is synced. */
async function strategyOf(maintenance: Knex): Promise<string> {
  const { rows } = await maintenance.raw<{ rows: { fsync: string }[] }>('show fsync')
  return rows[0]?.fsync === 'off' ? 'strategy file_copy' : ''
}

interface OwnServer {
  readonly url: string
  /** Of SQL, where databases are to be made. */
  readonly tablespace: string
  stop(): Promise<void>
}

async function startEmbedded(): Promise<OwnServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'packhouse-test-'))
  await chmod(dataDir, 0o755)
  const server = await startEmbeddedPostgres({
    dataDir,
    log: pino({ level: 'silent' }),
    settings: SETTINGS,
  })
  const { host, port, user, database } = server.connection
  const url = `postgres://${user}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`
  const memory = await makeMemoryFolder()
  if (memory !== undefined) await makeTablespace(url, { dataDir, folder: memory })
  return {
    url,
    tablespace: memory === undefined ? '' : `tablespace ${TABLESPACE}`,
    async stop() {
      await server.stop()
      await rm(dataDir, { recursive: true, force: true })
      if (memory !== undefined) await rm(memory, { recursive: true, force: true })
    },
  }
}

/**
 * For the databases' files alone: writing 11 MB to a disk for each takes up to half a second of the processor. Not for
 * all of DATA_DIR, since programs may have to be copied there, and can't always be run from memory.
 */
async function makeTablespace(url: string, { dataDir, folder }: { dataDir: string; folder: string }) {
  giveToOwnerOf(join(dataDir, 'postgres'), folder)
  const maintenance = createDatabase({ connectionString: url })
  await maintenance.raw(`create tablespace ?? location '${folder}'`, [TABLESPACE])
  await maintenance.destroy()
}
