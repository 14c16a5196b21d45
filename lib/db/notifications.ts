import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import type { Logger } from 'pino'
import type { DatabaseConnection } from './database.ts'
import { LASTING_CONNECTION } from './lasting-connection.ts'
import { PRESENCE_LOCK_CLASS } from './presence.ts'

/**
 * The one connection that a process keeps: it listens, and it holds an advisory lock on the process's number, by whose
 * absence the others see that a process has died, without waiting for its leases to end.
 */
export interface Notifications {
  /** Unique among all processes of the database, ever. */
  readonly processNumber: number
  /** False while the connection is lost: notifications are missed then. */
  isConnected(): boolean
  /**
   * False from when the connection was lost until 10 s after the database could be reached again. What took it from this
   * process may have taken it from the others too: that they aren't to be seen says nothing of them until they had the time to
   * come back.
   */
  isSettled(): boolean
  /** One listener per channel. Resolves when it hears; it goes on after a reconnect. */
  listen(channel: string, listener: ChannelListener): Promise<void>
  stop(): Promise<void>
}

export interface ChannelListener {
  onNotification(payload: string): void
  /** After the connection was lost and is back: whatever was notified meanwhile is unknown. */
  onReconnect(): void
}

export interface NotificationsOptions {
  readonly connection: DatabaseConnection
  readonly log: Logger
}

/** After the first try, which waits for nothing: the others may soon take this process for dead. */
const RECONNECT_MIN_MS = 100
const RECONNECT_MAX_MS = 5_000
/** Others try it again every 5 s at least, and write every second what they couldn't. */
const SETTLED_MS = 2 * RECONNECT_MAX_MS
/** A connection that a proxy keeps open, with nobody behind it, looks alive to TCP: so it is asked for an answer, so often and for so long. */
const QUESTION_MS = 5_000
const ANSWER_TIMEOUT_MS = 10_000

export async function startNotifications(options: NotificationsOptions): Promise<Notifications> {
  const listener = new Listener(options)
  await listener.start()
  return listener
}

class Listener implements Notifications {
  processNumber = 0
  readonly #options: NotificationsOptions
  readonly #channels = new Map<string, ChannelListener>()
  #client: pg.Client | null = null
  /** Of `performance.now()`: when there last was no way to the database. */
  #awayAtMs = Number.NEGATIVE_INFINITY
  #isStopped = false

  constructor(options: NotificationsOptions) {
    this.#options = options
  }

  async start(): Promise<void> {
    await this.#connect()
  }

  isConnected(): boolean {
    return this.#client !== null
  }

  isSettled(): boolean {
    return performance.now() - this.#awayAtMs > SETTLED_MS
  }

  async listen(channel: string, listener: ChannelListener): Promise<void> {
    this.#channels.set(channel, listener)
    // While the connection is lost, the reconnect listens to all channels.
    if (this.#client) await listenTo(this.#client, channel)
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    const client = this.#client
    this.#client = null
    await client?.end()
  }

  async #connect(): Promise<void> {
    const client = new pg.Client({
      ...this.#options.connection,
      ...LASTING_CONNECTION,
      application_name: 'packhouse listener',
      query_timeout: ANSWER_TIMEOUT_MS,
    })
    client.on('notification', ({ channel, payload }) =>
      this.#channels.get(channel)?.onNotification(payload ?? ''),
    )
    client.on('error', () => this.#lose(client))
    client.on('end', () => this.#lose(client))
    try {
      await client.connect()
      await this.#takeNumber(client)
      for (const channel of this.#channels.keys()) await listenTo(client, channel)
    } catch (error) {
      await client.end().catch(() => undefined)
      throw error
    }
    this.#client = client
    void this.#question(client)
  }

  /** As long as it is the connection. */
  async #question(client: pg.Client): Promise<void> {
    while (this.#client === client) {
      await delay(QUESTION_MS, undefined, { ref: false })
      if (this.#client !== client) return
      try {
        await client.query('select')
      } catch (error) {
        this.#options.log.debug({ err: error }, 'no answer on the connection that listens')
        this.#lose(client)
        await client.end().catch(() => undefined)
      }
    }
  }

  /**
   * The same number after a reconnect, so that leases go on. Its old backend may need a moment to let go of it; one whose
   * connection broke without a word to the database would keep it for hours, and is ended.
   */
  async #takeNumber(client: pg.Client): Promise<void> {
    if (this.processNumber === 0) {
      const { rows } = await client.query<{ number: string }>(
        `select nextval('process_number_seq') as number`,
      )
      this.processNumber = Number(rows[0]?.number)
    }
    const lock = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1, $2) as locked', [
      PRESENCE_LOCK_CLASS,
      this.processNumber,
    ])
    if (lock.rows[0]?.locked === true) return
    await client.query(
      `select pg_terminate_backend(pid) from pg_locks
       where locktype = 'advisory' and granted and classid = $1::integer::oid and objid = $2::integer::oid and objsubid = 2
         and database = (select oid from pg_database where datname = current_database())`,
      [PRESENCE_LOCK_CLASS, this.processNumber],
    )
    throw new NumberTaken()
  }

  #lose(client: pg.Client): void {
    if (this.#client !== client) return
    this.#client = null
    this.#awayAtMs = performance.now()
    if (this.#isStopped) return
    this.#options.log.warn('lost the connection that listens for notifications')
    void this.#reconnect()
  }

  #wasStopped(): boolean {
    return this.#isStopped
  }

  /** Without end, since the server can do nothing without its database; /readyz says so meanwhile. */
  async #reconnect(): Promise<void> {
    for (let waitMs = 0; !this.#isStopped; waitMs = nextWaitMs(waitMs)) {
      await delay(waitMs * (0.5 + Math.random() / 2))
      try {
        await this.#connect()
        // It may have been stopped while it connected.
        if (this.#wasStopped()) return await this.stop()
        this.#options.log.info('listening for notifications again')
        for (const listener of this.#channels.values()) listener.onReconnect()
        return
      } catch (error) {
        if (!(error instanceof NumberTaken)) this.#awayAtMs = performance.now()
        this.#options.log.debug({ err: error }, 'no connection for notifications yet')
      }
    }
  }
}

function nextWaitMs(waitMs: number): number {
  return Math.min(Math.max(waitMs * 2, RECONNECT_MIN_MS), RECONNECT_MAX_MS)
}

/** The database is there, and hasn't noticed yet that the connection before has ended. */
class NumberTaken extends Error {
  constructor() {
    super('the process number is still taken by the lost connection')
  }
}

async function listenTo(client: pg.Client, channel: string): Promise<void> {
  await client.query(`listen ${client.escapeIdentifier(channel)}`)
}
