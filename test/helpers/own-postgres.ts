import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { createDatabase } from '../../lib/db/database.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../lib/db/embedded-postgres.ts'
import { migrate } from '../../lib/db/migrations.ts'
import type { TestDatabase } from './database.ts'

/** A PostgreSQL that a test may stop, as the one for all tests can't be. Its address stays the same. */
export interface OwnPostgres {
  readonly database: TestDatabase
  /** As an operator does: sessions are ended, everything is written. */
  stop(): Promise<void>
  /** kill -9 of the server: the next start recovers. */
  crash(): Promise<void>
  start(): Promise<void>
}

/** In a folder of its own, or in the one given, which stays. */
export async function startOwnPostgres(givenFolder?: string): Promise<OwnPostgres> {
  const dataDir = givenFolder ?? (await mkdtemp(join(tmpdir(), 'packhouse-pg-')))
  // The database's account passes through it.
  await chmod(dataDir, 0o755)
  const log = pino({ level: 'silent' })
  const start = (): Promise<EmbeddedPostgres> => startEmbeddedPostgres({ dataDir, log })
  let running = await start()
  const { host, port, user, database } = running.connection
  const url = `postgres://${user}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`
  const db = createDatabase({ connectionString: url }, log)
  await migrate(db)
  return {
    database: {
      db,
      url,
      async drop() {
        await db.destroy()
        await running.stop()
        if (givenFolder === undefined) await rm(dataDir, { recursive: true, force: true })
      },
    },
    stop: () => running.stop(),
    async crash() {
      const [pid] = (await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')
      process.kill(Number(pid), 'SIGKILL')
      await running.stop()
    },
    async start() {
      running = await start()
    },
  }
}
