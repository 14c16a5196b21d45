import type { Socket } from 'node:net'
import pg from 'pg'
import type { Logger } from 'pino'
import { withinTime } from '../within-time.ts'
import type { DatabaseConnection } from './database.ts'
import { LASTING_CONNECTION } from './lasting-connection.ts'

/** The connections of graphile-worker. */
export interface JobsPool {
  readonly pool: pg.Pool
  /** Within a second: connections that don't end by then, because they are in use or frozen, are cut off. Never rejects. */
  close(): Promise<void>
}

/** One connection listens and one per job that is taken or completed at this moment. */
const POOL_MAX = 3
const CLOSE_MS = 1_000

export function createJobsPool(connection: DatabaseConnection, log: Logger | undefined): JobsPool {
  const pool = new pg.Pool({
    ...connection,
    ...LASTING_CONNECTION,
    application_name: 'packhouse jobs',
    max: POOL_MAX,
  })
  const clients = new Set<pg.PoolClient>()
  let isCut = false
  const onError = (error: Error) => log?.warn({ err: error }, 'lost a connection of the background jobs')
  // An error that nobody hears ends the process: of an idle client it comes to the pool, of a busy one to the client.
  pool.on('error', onError)
  pool.on('connect', (client) => {
    client.on('error', onError)
    if (isCut) return cut(client)
    clients.add(client)
  })
  pool.on('remove', (client) => clients.delete(client))
  returnOnce(pool)
  return {
    pool,
    async close() {
      try {
        await withinTime(pool.end(), CLOSE_MS, 'connections of the background jobs did not end')
      } catch (error) {
        log?.debug({ err: error }, 'connections of the background jobs are cut off')
        isCut = true
        for (const client of clients) cut(client)
      }
    },
  }
}

function cut(client: pg.PoolClient): void {
  const { connection } = client as unknown as { readonly connection: { readonly stream: Socket } }
  connection.stream.destroy()
}

type Connected = (error: Error | undefined, client: pg.PoolClient | undefined, done: () => void) => void

/**
 * graphile-worker gives its listening connection back twice where it is stopped before it listens and the connection is
 * lost then. pg-pool throws the second time, in a promise that nobody looks at, which would end the process.
 */
function returnOnce(pool: pg.Pool): void {
  const connect = pool.connect.bind(pool)
  const once = (done: () => void): (() => void) => {
    let isReturned = false
    return () => {
      if (isReturned) return
      isReturned = true
      done()
    }
  }
  pool.connect = ((connected?: Connected) =>
    connected
      ? connect((error, client, done) => connected(error, client, once(done)))
      : connect()) as pg.Pool['connect']
}
