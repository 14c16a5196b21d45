/** A client of one station: it follows the station, waits for jobs, and prints them on nothing. */
import { Backoff } from '../../lib/station-client/backoff.ts'
import { HttpClient } from './http-client.ts'
import type { Timings } from './timings.ts'

export interface StationClientOptions {
  readonly baseUrls: readonly string[]
  readonly stationId: string
  readonly apiKey: string
  readonly timings: Timings
  readonly onPaper: (bytes: Buffer, at: number, where: string) => void
}

/** As in lib/station-client. */
const WAIT_SECONDS = 25
const NEXT_MS = 45_000
const SERVER_RETRY = { minMs: 500, maxMs: 30_000 }
const REPORT_TRIES_MAX = 60
const JSON_TYPE = { 'content-type': 'application/json' }

interface Job {
  readonly id: string
  readonly data_url: string
}

export class LoadStationClient {
  readonly #options: StationClientOptions
  readonly #http: HttpClient
  readonly #headers: Readonly<Record<string, string>>
  readonly #path: string
  #isStopped = false
  #running: Promise<unknown> = Promise.resolve()
  #pausing: { readonly over: Promise<void>; readonly end: () => void } | null = null
  #onReady: () => void = () => undefined

  constructor(options: StationClientOptions) {
    this.#options = options
    this.#http = new HttpClient(options.baseUrls)
    this.#headers = { 'px-api-key': options.apiKey }
    this.#path = `/v1/cloud-printing/stations/${options.stationId}`
  }

  /** Resolves when the station's stream is open. */
  start(): Promise<void> {
    const ready = this.#nextReady()
    this.#running = Promise.all([this.#follow(), this.#serve()])
    return ready
  }

  /** Every connection breaks; nothing is asked until `reconnect`. */
  cut(): void {
    let end = (): void => undefined
    const over = new Promise<void>((resolve) => {
      end = resolve
    })
    this.#pausing = { over, end }
    this.#http.cut()
  }

  /** All at once, as after a power cut of the switch. Resolves when the station's stream is open again. */
  reconnect(): Promise<void> {
    const ready = this.#nextReady()
    this.#pausing?.end()
    this.#pausing = null
    return ready
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    this.#pausing?.end()
    this.#http.cut()
    await this.#running
  }

  #nextReady(): Promise<void> {
    return new Promise((resolve) => {
      this.#onReady = resolve
    })
  }

  async #follow(): Promise<void> {
    const backoff = new Backoff(SERVER_RETRY)
    const { timings } = this.#options
    while (!this.#isStopped) {
      await this.#pausing?.over
      try {
        const startedAt = performance.now()
        const stream = await this.#http.open({ path: `${this.#path}/events`, headers: this.#headers })
        if (stream.statusCode !== 200) throw new Error(`HTTP ${stream.statusCode}`)
        for await (const chunk of stream) {
          if (!String(chunk).includes('event: ready')) continue
          timings.record('station stream, ready', performance.now() - startedAt)
          backoff.reset()
          this.#onReady()
        }
      } catch (error) {
        await this.#afterFailure('station stream', error, backoff)
      }
    }
  }

  async #serve(): Promise<void> {
    const backoff = new Backoff(SERVER_RETRY)
    while (!this.#isStopped) {
      await this.#pausing?.over
      try {
        const path = `${this.#path}/next?wait=${WAIT_SECONDS}`
        const answer = await this.#http.send({ path, headers: this.#headers, timeoutMs: NEXT_MS })
        if (answer.status !== 200) throw new Error(`HTTP ${answer.status}`)
        const job = JSON.parse(answer.bytes.toString()).data as Job | null
        backoff.reset()
        if (job) await this.#print(job)
      } catch (error) {
        await this.#afterFailure('next', error, backoff)
      }
    }
  }

  /** A connection that was cut on purpose is no failure. */
  async #afterFailure(name: string, error: unknown, backoff: Backoff): Promise<void> {
    if (this.#pausing || this.#isStopped) return
    this.#options.timings.trouble(name, error instanceof Error ? error.message : String(error))
    await backoff.wait(new AbortController().signal)
  }

  /** The paper comes out once, however often the report has to be made. */
  async #print(job: Job): Promise<void> {
    const { timings, onPaper, stationId } = this.#options
    const at = performance.now()
    const url = new URL(job.data_url)
    const document = await this.#insist('document', { path: url.pathname + url.search })
    onPaper(document, at, stationId)
    const startedAt = performance.now()
    const body = JSON.stringify({ status: 'completed' })
    const headers = { ...this.#headers, ...JSON_TYPE }
    await this.#insist('report', { method: 'POST', path: `/v1/cloud-printing/jobs/${job.id}`, headers, body })
    timings.record('station client, report', performance.now() - startedAt)
  }

  async #insist(name: string, request: Parameters<HttpClient['send']>[0]): Promise<Buffer> {
    const backoff = new Backoff(SERVER_RETRY)
    for (let tries = 1; tries <= REPORT_TRIES_MAX; tries += 1) {
      await this.#pausing?.over
      try {
        const { status, bytes } = await this.#http.send(request)
        if (status === 200) return bytes
        this.#options.timings.trouble(name, `HTTP ${status}`)
      } catch (error) {
        if (!this.#pausing) this.#options.timings.trouble(name, String(error))
      }
      await backoff.wait(new AbortController().signal)
    }
    throw new Error(`${name}: no answer in ${REPORT_TRIES_MAX} tries`)
  }
}
