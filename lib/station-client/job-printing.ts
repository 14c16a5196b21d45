import type { Delivery, DeliveryResult, DeviceAbilities, Driver } from '../delivery/driver.ts'
import { DomainError } from '../errors.ts'
import { type Rendering, UnreadableError } from '../rendering/rendering.ts'
import { ApiError } from './api-error.ts'
import { Backoff } from './backoff.ts'
import type { ClaimedJob } from './claimed-job.ts'
import type { ClientLog } from './client-log.ts'
import { type PrinterAtHand, prepareDelivery } from './job-document.ts'
import type { JobEnd, JobJournal } from './job-journal.ts'
import type { JobReporting } from './job-reporting.ts'
import type { StationApi } from './station-api.ts'

export interface JobPrintingOptions {
  readonly api: StationApi
  readonly journal: JobJournal
  readonly reporting: JobReporting
  readonly rendering: Rendering
  readonly log: ClientLog
  /** Longer than that nobody waits for a document, or a printer that is off or empty: the job fails, and says so. */
  readonly patienceMs?: number
}

const PATIENCE_MS = 600_000
const PRINTER_RETRY = { minMs: 1_000, maxMs: 15_000 }
const SERVER_RETRY = { minMs: 500, maxMs: 30_000 }
const RENEW_MIN_MS = 300
const RENEW_MAX_MS = 40_000
/** Code points; the server takes 1,023. */
const REASON_LENGTH_MAX = 1_000

/** Where a job is to come out. */
export interface Outlet {
  readonly driver: Driver
  readonly printer: PrinterAtHand
}

/**
 * Takes claimed jobs to paper. The order of steps is the promise: on the disk, then to the printer; on the disk, then to the
 * server. Nothing that was begun once is begun again.
 */
export class JobPrinting {
  readonly #options: JobPrintingOptions

  constructor(options: JobPrintingOptions) {
    this.#options = options
  }

  /**
   * Never rejects for what the printer or server do. `signal` breaks off: the claim lapses then. False: the job was begun
   * before, and nothing was done.
   */
  async print(job: ClaimedJob, outlet: Outlet, signal: AbortSignal): Promise<boolean> {
    const { journal, log } = this.#options
    if (journal.has(job.id)) {
      log('a job that was begun here before is left to lapse', { job: job.id })
      return false
    }
    await journal.note(job.id, 'claimed')
    await this.#finish(job, outlet, signal)
    return true
  }

  async #finish(job: ClaimedJob, outlet: Outlet, signal: AbortSignal): Promise<void> {
    const { journal, log } = this.#options
    const lease = new Lease(job, this.#options.api)
    try {
      const result = await this.#deliver(job, outlet, { lease, signal })
      log('delivered', { job: job.id, outcome: result.outcome, detail: result.detail })
      const end = endOf(result)
      if (signal.aborted && result.outcome === 'not_sent') return
      // That it may have printed is what the server says of a claim that lapses.
      if (!end) return await journal.note(job.id, 'unknown')
      await journal.noteEnd(job.id, end)
      await this.#options.reporting.report(job.id, end, signal)
    } finally {
      lease.end()
    }
  }

  async #deliver(job: ClaimedJob, outlet: Outlet, holding: Holding): Promise<DeliveryResult> {
    const bytes = await this.#fetch(job, holding.lease, holding.signal)
    return bytes instanceof Uint8Array ? this.#send({ job, bytes }, outlet, holding) : bytes
  }

  /** Again and again while nothing of the document was taken and the claim is this client's. */
  async #send(document: FetchedDocument, outlet: Outlet, holding: Holding): Promise<DeliveryResult> {
    const { lease, signal } = holding
    const backoff = new Backoff(PRINTER_RETRY)
    const giveUpAt = this.#patienceEnd()
    for (;;) {
      const result = await this.#try(document, outlet, holding)
      const mayRetry = result.outcome === 'not_sent' && result.next === 'retry'
      if (!mayRetry || signal.aborted) return result
      if (lease.isLost) return refusal('retry', null, 'the claim has lapsed')
      if (performance.now() >= giveUpAt) return { ...result, next: 'fail' }
      await backoff.wait(signal)
    }
  }

  async #try(
    document: FetchedDocument,
    { driver, printer }: Outlet,
    { lease, signal }: Holding,
  ): Promise<DeliveryResult> {
    const look = await driver.look?.(signal)
    if (look?.kind === 'held') return look.result
    const delivery = await this.#prepare(document, printer, look?.abilities ?? null)
    if ('outcome' in delivery) return delivery
    return driver.deliver(delivery, {
      signal,
      beforeFirstByte: async () => {
        // The last word before the first byte: a claim that has lapsed belongs to nobody.
        await lease.assertHeld(signal)
        await this.#options.journal.note(delivery.jobId, 'sending')
      },
    })
  }

  async #prepare(
    { job, bytes }: FetchedDocument,
    printer: PrinterAtHand,
    device: DeviceAbilities | null,
  ): Promise<Delivery | DeliveryResult> {
    const { rendering } = this.#options
    try {
      return await prepareDelivery(job, printer, { bytes, device, rendering })
    } catch (error) {
      if (error instanceof UnreadableError) return refusal('fail', 'document-format-error', error.message)
      if (error instanceof DomainError) return refusal('retry', 'aborted-by-system', error.message)
      throw error
    }
  }

  #patienceEnd(): number {
    return performance.now() + (this.#options.patienceMs ?? PATIENCE_MS)
  }

  async #fetch(job: ClaimedJob, lease: Lease, signal: AbortSignal): Promise<Uint8Array | DeliveryResult> {
    const backoff = new Backoff(SERVER_RETRY)
    const giveUpAt = this.#patienceEnd()
    for (;;) {
      try {
        return await this.#options.api.document(job, signal)
      } catch (error) {
        if (!(error instanceof ApiError)) throw error
        const isLast = error.failure === 'refused' || performance.now() >= giveUpAt
        if (isLast) return refusal('fail', 'document-access-error', error.message)
        if (signal.aborted || lease.isLost) return refusal('retry', null, error.message)
        await backoff.wait(signal, error.retryAfterMs)
      }
    }
  }
}

interface FetchedDocument {
  readonly job: ClaimedJob
  readonly bytes: Uint8Array
}

interface Holding {
  readonly lease: Lease
  readonly signal: AbortSignal
}

/** The claim of one job, renewed until `end`. */
class Lease {
  readonly #job: ClaimedJob
  readonly #api: StationApi
  readonly #ended = new AbortController()
  readonly #timer: NodeJS.Timeout
  isLost = false

  constructor(job: ClaimedJob, api: StationApi) {
    this.#job = job
    this.#api = api
    this.#timer = setInterval(() => void this.#renew(this.#ended.signal).catch(() => undefined), renewMs(job))
  }

  /** Throws when the server doesn't say that the job is still this client's. */
  async assertHeld(signal: AbortSignal): Promise<void> {
    await this.#renew(signal)
    if (this.isLost) throw new ApiError('refused', 'the claim has lapsed')
  }

  end(): void {
    clearInterval(this.#timer)
    this.#ended.abort()
  }

  async #renew(signal: AbortSignal): Promise<void> {
    try {
      await this.#api.renew(this.#job.id, signal)
    } catch (error) {
      if (error instanceof ApiError && error.failure === 'refused') this.isLost = true
      throw error
    }
  }
}

/** A third of the lease. Both times are the server's: this clock may be wrong. What is no time would be renewed without a pause. */
function renewMs({ claim, updated_at: claimedAt }: ClaimedJob): number {
  const leaseMs = (claim ? Date.parse(claim.expires_at) - Date.parse(claimedAt) : 0) || 0
  return Math.min(Math.max(leaseMs / 3, RENEW_MIN_MS), RENEW_MAX_MS)
}

function refusal(next: DeliveryResult['next'], reason: string | null, detail: string): DeliveryResult {
  return { outcome: 'not_sent', bytesOffered: 0, bytesWritten: 0, detail, next, reason, stateReasons: [] }
}

/** Null: nobody knows. */
function endOf({ outcome, next, reason, detail }: DeliveryResult): JobEnd | null {
  if (outcome === 'sent' || outcome === 'confirmed') return { status: 'completed', reason: null }
  if (outcome === 'unknown' || next === 'retry') return null
  return {
    status: 'failed',
    reason: sayable(`${reason ?? 'aborted-by-system'}: ${detail}`),
  }
}

/** As the server takes it, whatever a device or proxy said: cut between characters, and without what no text may hold. */
function sayable(text: string): string {
  const characters = [...text.toWellFormed().replaceAll('\0', '')]
  return characters.slice(0, REASON_LENGTH_MAX).join('')
}
