import { setMaxListeners } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import type { Driver } from '../delivery/driver.ts'
import { IppDriver } from '../delivery/ipp-driver.ts'
import { IdentificationError, identifyPrinter } from '../delivery/printer-identification.ts'
import { SocketDriver } from '../delivery/socket-driver.ts'
import { withLimit } from '../delivery/time-limit.ts'
import { createRendering } from '../rendering/rendering-pool.ts'
import type { RenderingEvent, RenderingLog } from '../rendering/rendering-threads.ts'
import { settleAbandoned } from './abandoned-jobs.ts'
import { ApiError } from './api-error.ts'
import { Backoff } from './backoff.ts'
import type { ClientConfig, LocalPrinter } from './client-config.ts'
import type { ClientLog } from './client-log.ts'
import { openJobJournal } from './job-journal.ts'
import { JobPrinting } from './job-printing.ts'
import { JobReporting } from './job-reporting.ts'
import { lockStateDir } from './state-dir-lock.ts'
import { createStationApi, type StationApi, type StationEvent, type StationPrinter } from './station-api.ts'

/** A station client that runs. */
export interface StationClient {
  /** Fetches no further job and lets those in hand end, for at most a minute. */
  stop(): Promise<void>
}

const SERVER_RETRY = { minMs: 500, maxMs: 30_000 }
const PRINTERS_AGE_MS = 60_000
const DRAIN_MS = 60_000
/** What is still going on after that is left behind: the journal knows what was in hand. */
const STOP_MS = DRAIN_MS + 5_000
const IDENTIFY_MS = 15_000
/** A stream that ends earlier is no success: each of them begins with an event, and whoever ends them at once is left alone. */
const STEADY_MS = 30_000
/** A server that has no job waits longer before it says so: 25 s, unless it stops. */
const IDLE_MS = 1_000

/** Throws when the journal can't be kept, or another client keeps it. */
export async function startStationClient(config: ClientConfig, log: ClientLog): Promise<StationClient> {
  const lock = await lockStateDir(config.stateDir)
  const journal = await openJobJournal(config.stateDir)
  const api = createStationApi(config)
  const reporting = new JobReporting({ api, journal, log })
  const rendering = createRendering({ log: renderingLog(log) })
  const printing = new JobPrinting({ api, journal, reporting, rendering, log })
  const stopping = new AbortController()
  const breaking = new AbortController()
  const printers = new StationPrinters(api)
  // Each printer's loop listens: Node would take eleven for a leak, and say so in the log.
  setMaxListeners(0, stopping.signal, breaking.signal)

  await settleAbandoned(journal, log)
  const rest = reporting.reportRest(stopping.signal)
  const loops = [...config.printers].map(async ([name, connection]) => {
    const driver = driverOf(connection)
    await serve({
      name,
      connection,
      driver,
      api,
      printers,
      printing,
      log,
      stopping: stopping.signal,
      breaking: breaking.signal,
    })
    await driver.close()
  })
  // Not waited for at the end: a stream that Node 20 doesn't break off holds nothing that could be lost.
  void follow({ config, api, printers, log, signal: stopping.signal })
  log('serving', { station: config.stationId, printers: [...config.printers.keys()] })

  return {
    async stop() {
      stopping.abort()
      const timer = setTimeout(() => breaking.abort(), DRAIN_MS)
      await Promise.race([Promise.all([...loops, rest]), delay(STOP_MS, undefined, { ref: false })])
      clearTimeout(timer)
      await rendering.close()
      await journal.close()
      await lock.release()
    },
  }
}

function renderingLog(log: ClientLog): RenderingLog {
  const tell = ({ err, ...fields }: RenderingEvent, message: string) =>
    log(message, { ...fields, ...(err !== undefined && { error: String(err) }) })
  return { warn: tell, error: tell }
}

function driverOf(connection: LocalPrinter): Driver {
  return connection.type === 'ipp' ? new IppDriver(connection) : new SocketDriver(connection)
}

interface Serving {
  readonly name: string
  readonly connection: LocalPrinter
  readonly driver: Driver
  readonly api: StationApi
  readonly printers: StationPrinters
  readonly printing: JobPrinting
  readonly log: ClientLog
  readonly stopping: AbortSignal
  readonly breaking: AbortSignal
}

/** One job at a time, until the client stops. */
async function serve(serving: Serving): Promise<void> {
  const { name, printers, log, stopping } = serving
  const backoff = new Backoff(SERVER_RETRY)
  while (!stopping.aborted) {
    try {
      const askedAt = performance.now()
      const found = await serveNext(serving)
      if (found === 'no printer') {
        log('the station has no such printer for a client', { printer: name })
        await backoff.wait(stopping, PRINTERS_AGE_MS / 10)
        printers.forget()
      } else if (found === 'a job' || performance.now() - askedAt >= IDLE_MS) backoff.reset()
      // A server that answers at once, and with nothing new, isn't asked in a loop.
      else await backoff.wait(stopping)
    } catch (error) {
      if (hasEnded(stopping)) return
      const isFromServer = error instanceof ApiError
      log(isFromServer ? 'no job from the server' : 'a job was broken off', {
        printer: name,
        error: String(error),
      })
      printers.forget()
      await backoff.wait(stopping, isFromServer ? error.retryAfterMs : 0)
    }
  }
}

async function serveNext(serving: Serving): Promise<'no printer' | 'a job' | 'nothing new'> {
  const { name, connection, driver, api, printers, printing, stopping, breaking } = serving
  const printer = await printers.find(name, stopping)
  if (printer === undefined) return 'no printer'
  const job = await api.next(printer.id, stopping)
  if (job === null) return 'nothing new'
  const isNew = await printing.print(job, { driver, printer: { ...printer, connection } }, breaking)
  return isNew ? 'a job' : 'nothing new'
}

/** Asked anew: it may have aborted meanwhile, which the type checker doesn't consider. */
function hasEnded(signal: AbortSignal): boolean {
  return signal.aborted
}

type StationPrinterMap = ReadonlyMap<string, StationPrinter>

/** The station's printers by name, asked for again every minute: stations are rearranged. */
class StationPrinters {
  readonly #api: StationApi
  #known: { readonly printers: Promise<StationPrinterMap>; readonly until: number } | null = null

  constructor(api: StationApi) {
    this.#api = api
  }

  async find(name: string, signal: AbortSignal): Promise<StationPrinter | undefined> {
    return (await this.#load(signal)).get(name)
  }

  async nameOf(printerId: string, signal: AbortSignal): Promise<string | undefined> {
    return [...(await this.#load(signal))].find(([, { id }]) => id === printerId)?.[0]
  }

  forget(): void {
    this.#known = null
  }

  #load(signal: AbortSignal): Promise<StationPrinterMap> {
    if (!this.#known || performance.now() > this.#known.until) {
      this.#known = { printers: this.#api.printers(signal), until: performance.now() + PRINTERS_AGE_MS }
    }
    return this.#known.printers
  }
}

interface Following {
  readonly config: ClientConfig
  readonly api: StationApi
  readonly printers: StationPrinters
  readonly log: ClientLog
  readonly signal: AbortSignal
}

/** Jobs come by `next`, which the server itself wakes: the stream brings what isn't a job. */
async function follow(following: Following): Promise<void> {
  const { api, log, signal } = following
  const backoff = new Backoff(SERVER_RETRY)
  while (!signal.aborted) {
    const askedAt = performance.now()
    let leastMs = 0
    try {
      for await (const event of api.events(signal)) {
        if (event.event === 'printer.identify') await identify(following, event)
      }
    } catch (error) {
      if (hasEnded(signal)) return
      log('no events from the server', { error: String(error) })
      if (error instanceof ApiError) leastMs = error.retryAfterMs
    }
    if (performance.now() - askedAt >= STEADY_MS) backoff.reset()
    await backoff.wait(signal, leastMs)
  }
}

async function identify({ config, printers, log, signal }: Following, { data }: StationEvent): Promise<void> {
  const printerName = await printers.nameOf(String(data['printer_id']), signal)
  const connection = printerName === undefined ? undefined : config.printers.get(printerName)
  if (printerName === undefined || !connection) return
  try {
    await withLimit(signal, IDENTIFY_MS, (limited) =>
      identifyPrinter(connection, {
        printerName,
        userName: 'packhouse',
        folder: config.stateDir,
        signal: limited,
      }),
    )
    log('identified', { printer: printerName })
  } catch (error) {
    if (!(error instanceof IdentificationError)) throw error
    log('could not identify', { printer: printerName, error: error.message })
  }
}
