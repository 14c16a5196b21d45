import pg from 'pg'

/** Connections that are lent, one user at a time. Also what Knex takes for a pool (tarn's members). */
export interface ConnectionPool {
  /** One that is free, at once. Undefined: whoever needs one has to wait for `acquire`. */
  take(): pg.Client | undefined
  /** Resolves when one is free, first come, first served. Rejects with what kept it from connecting, or ConnectionTimeout. */
  acquire(): { readonly promise: Promise<pg.Client> }
  /** False for one that isn't lent. One that broke, or that nobody may have after its user, is ended. */
  release(connection: pg.Client, isSpoilt?: boolean): boolean
  /** Waits for those that are lent. Whoever waits for one, or asks from now on, is refused. */
  destroy(): Promise<void>
  numUsed(): number
  numFree(): number
  numPendingAcquires(): number
}

export interface ConnectionPoolOptions {
  readonly settings: pg.ClientConfig
  readonly max: number
  /** The first statement of each. */
  readonly preparation: string
  /** Of one that broke while nobody used it. */
  onBroken?(error: unknown): void
}

/** Nobody gave one back in time. */
export class ConnectionTimeout extends Error {
  override readonly name = 'ConnectionTimeout'
}

interface Waiting {
  resolve(connection: pg.Client): void
  reject(error: unknown): void
  readonly timer: NodeJS.Timeout
}

interface Free {
  readonly connection: pg.Client
  /** Of `performance.now()`. */
  readonly since: number
}

const ACQUIRE_TIMEOUT_MS = 10_000
/** Of one that waits for users. */
const IDLE_MS = 30_000
const IDLE_LOOK_MS = 1_000
/** A server that never says goodbye is left anyhow. */
const END_MS = 5_000

/**
 * Instead of Knex's own pool, whose every lending makes two timers and a dozen promises: a quarter of what a statement cost
 * this process. The one that was given back last is lent first, so that those beyond need end.
 */
export function createConnectionPool(options: ConnectionPoolOptions): ConnectionPool {
  return new Pool(options)
}

class Pool implements ConnectionPool {
  readonly #options: ConnectionPoolOptions
  readonly #free: Free[] = []
  readonly #used = new Set<pg.Client>()
  readonly #waiting: Waiting[] = []
  readonly #broken = new WeakSet<pg.Client>()
  readonly #ending = new Set<Promise<void>>()
  readonly #looking: NodeJS.Timeout
  #connecting = 0
  #isClosed = false
  #onAllBack: (() => void) | undefined

  constructor(options: ConnectionPoolOptions) {
    this.#options = options
    this.#looking = setInterval(() => this.#endIdle(), IDLE_LOOK_MS).unref()
  }

  take(): pg.Client | undefined {
    // Whoever waits already comes first.
    const connection = this.#waiting.length === 0 ? this.#free.pop()?.connection : undefined
    if (connection) this.#used.add(connection)
    return connection
  }

  acquire(): { readonly promise: Promise<pg.Client> } {
    const connection = this.take()
    return { promise: connection ? Promise.resolve(connection) : this.#wait() }
  }

  release(connection: pg.Client, isSpoilt = false): boolean {
    if (!this.#used.delete(connection)) return false
    if (isSpoilt || this.#broken.has(connection) || this.#isClosed) this.#end(connection)
    else this.#lend(connection)
    this.#connectWhereNeeded()
    this.#tellAllBack()
    return true
  }

  async destroy(): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#looking)
    for (const waiting of this.#waiting.splice(0)) this.#refuse(waiting, closed())
    for (const { connection } of this.#free.splice(0)) this.#end(connection)
    if (this.#used.size + this.#connecting > 0) {
      await new Promise<void>((resolve) => {
        this.#onAllBack = resolve
      })
    }
    await Promise.all(this.#ending)
  }

  numUsed = (): number => this.#used.size
  numFree = (): number => this.#free.length
  numPendingAcquires = (): number => this.#waiting.length

  #wait(): Promise<pg.Client> {
    if (this.#isClosed) return Promise.reject(closed())
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1)
        reject(new ConnectionTimeout(`no connection to the database was free for ${ACQUIRE_TIMEOUT_MS} ms`))
      }, ACQUIRE_TIMEOUT_MS)
      const waiting: Waiting = { resolve, reject, timer }
      this.#waiting.push(waiting)
      this.#connectWhereNeeded()
    })
  }

  /** To who has waited longest; kept when nobody waits. */
  #lend(connection: pg.Client): void {
    const waiting = this.#waiting.shift()
    if (!waiting) return void this.#free.push({ connection, since: performance.now() })
    clearTimeout(waiting.timer)
    this.#used.add(connection)
    waiting.resolve(connection)
  }

  #refuse({ timer, reject }: Waiting, error: unknown): void {
    clearTimeout(timer)
    reject(error)
  }

  /** As many as wait, within the limit: each that fails refuses one of them. */
  #connectWhereNeeded(): void {
    const room = () => this.#options.max - this.#free.length - this.#used.size - this.#connecting
    while (!this.#isClosed && this.#connecting < this.#waiting.length && room() > 0) void this.#connect()
  }

  async #connect(): Promise<void> {
    this.#connecting += 1
    const { settings, preparation } = this.#options
    const connection = new pg.Client({ ...settings, connectionTimeoutMillis: ACQUIRE_TIMEOUT_MS })
    const noteEnd = (error?: unknown): void => this.#noteEnd(connection, error)
    connection.on('error', noteEnd).on('end', noteEnd)
    try {
      await connection.connect()
      await connection.query(preparation)
      this.#connecting -= 1
      if (this.#isClosed) this.#end(connection)
      else this.#lend(connection)
    } catch (error) {
      this.#connecting -= 1
      this.#end(connection)
      const first = this.#waiting.shift()
      if (first) this.#refuse(first, error)
    }
    this.#connectWhereNeeded()
    this.#tellAllBack()
  }

  #noteEnd(connection: pg.Client, error: unknown): void {
    if (this.#broken.has(connection)) return
    this.#broken.add(connection)
    const index = this.#free.findIndex((free) => free.connection === connection)
    if (index === -1) return
    this.#free.splice(index, 1)
    this.#options.onBroken?.(error)
  }

  #endIdle(): void {
    const oldest = performance.now() - IDLE_MS
    while (this.#free[0] && this.#free[0].since < oldest) {
      const [idle] = this.#free.splice(0, 1)
      if (idle) this.#end(idle.connection)
    }
  }

  #end(connection: pg.Client): void {
    const ending = end(connection).finally(() => this.#ending.delete(ending))
    this.#ending.add(ending)
  }

  #tellAllBack(): void {
    if (this.#used.size + this.#connecting === 0) this.#onAllBack?.()
  }
}

const closed = (): Error => new ConnectionTimeout('the connections to the database are closed')

/** Resolves when it has ended, or is past waiting for. Never rejects. */
async function end(connection: pg.Client): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, END_MS).unref()
  })
  await Promise.race([connection.end().catch(() => undefined), late])
  clearTimeout(timer)
}
