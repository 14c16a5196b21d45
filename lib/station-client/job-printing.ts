import type { Delivery, DeliveryResult, Driver } from '../delivery/driver.ts'
import { findPaperSize, paperSizeByKey } from '../printers/paper-sizes.ts'
import { wrapImage } from '../rendering/image-wrapping.ts'
import { UnreadableError } from '../rendering/rendering.ts'
import { ApiError } from './api-error.ts'
import { Backoff } from './backoff.ts'
import type { ClientLog } from './client-log.ts'
import type { JobEnd, JobJournal } from './job-journal.ts'
import type { JobReporting } from './job-reporting.ts'
import type { ClaimedJob, StationApi } from './station-api.ts'

export interface JobPrintingOptions {
  readonly api: StationApi
  readonly journal: JobJournal
  readonly reporting: JobReporting
  readonly log: ClientLog
  /** Longer than that nobody waits for a document, or a printer that is off or empty: the job fails, and says so. */
  readonly patienceMs?: number
}

const PATIENCE_MS = 600_000
const PRINTER_RETRY = { minMs: 1_000, maxMs: 15_000 }
const SERVER_RETRY = { minMs: 500, maxMs: 30_000 }
const RENEW_MIN_MS = 300
const RENEW_MAX_MS = 40_000
const REASON_LENGTH_MAX = 1_000

/** Where a job is to come out. */
export interface Outlet {
  readonly driver: Driver
  /** Keys of the registry of paper sizes. */
  readonly pageSizes: readonly string[]
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

  /** Never rejects for what the printer or server do. `signal` breaks off: the claim lapses then. */
  async print(job: ClaimedJob, outlet: Outlet, signal: AbortSignal): Promise<void> {
    const { journal, log } = this.#options
    if (journal.has(job.id)) return log('a job that was begun here before is left to lapse', { job: job.id })
    await journal.note(job.id, 'claimed')
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

  async #deliver(
    job: ClaimedJob,
    outlet: Outlet,
    { lease, signal }: { lease: Lease; signal: AbortSignal },
  ): Promise<DeliveryResult> {
    const unfit = unfitReason(job)
    if (unfit !== null) return refusal('fail', 'aborted-by-system', unfit)
    const bytes = await this.#fetch(job, lease, signal)
    if (!(bytes instanceof Uint8Array)) return bytes
    const delivery = await toDelivery(job, outlet, bytes).catch((error: unknown) => {
      if (error instanceof UnreadableError) return error
      throw error
    })
    if (delivery instanceof Error) return refusal('fail', 'document-format-error', delivery.message)
    return this.#send(delivery, outlet.driver, { lease, signal })
  }

  /** Again and again while nothing of the document was taken and the claim is this client's. */
  async #send(
    delivery: Delivery,
    driver: Driver,
    { lease, signal }: { lease: Lease; signal: AbortSignal },
  ): Promise<DeliveryResult> {
    const backoff = new Backoff(PRINTER_RETRY)
    const giveUpAt = this.#patienceEnd()
    for (;;) {
      const result = await driver.deliver(delivery, {
        signal,
        beforeFirstByte: async () => {
          // The last word before the first byte: a claim that has lapsed belongs to nobody.
          await lease.assertHeld(signal)
          await this.#options.journal.note(delivery.jobId, 'sending')
        },
      })
      const mayRetry = result.outcome === 'not_sent' && result.next === 'retry'
      if (!mayRetry || signal.aborted) return result
      if (lease.isLost) return refusal('retry', null, 'the claim has lapsed')
      if (performance.now() >= giveUpAt) return { ...result, next: 'fail' }
      await backoff.wait(signal)
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

/** A third of the lease. Both times are the server's: this clock may be wrong. */
function renewMs({ claim, updated_at: claimedAt }: ClaimedJob): number {
  const leaseMs = claim ? Date.parse(claim.expires_at) - Date.parse(claimedAt) : 0
  return Math.min(Math.max(leaseMs / 3, RENEW_MIN_MS), RENEW_MAX_MS)
}

/** What this client can't do to a document fails the job, rather than printing something else. */
function unfitReason({ options }: ClaimedJob): string | null {
  if (options.pages_to_print !== null) return 'the station client prints whole documents, not single pages'
  if (options.reverse_order) return 'the station client does not reverse pages'
  if (options.scaling !== null) return 'the station client does not scale pages'
  return null
}

const POINTS_PER_MM = 72 / 25.4

/** Pictures on one page of the job's paper, else of the printer's: as for printers that the server drives. */
async function toPdf(job: ClaimedJob, { pageSizes }: Outlet, bytes: Uint8Array): Promise<Uint8Array> {
  if (!job.data_type.startsWith('image/')) return bytes
  const asked = job.options.paper_size === null ? null : findPaperSize(job.options.paper_size)
  const size = asked ?? paperSizeByKey(pageSizes[0] ?? 'letter') ?? paperSizeByKey('letter')
  if (!size) throw new Error('the registry has no paper size letter')
  return wrapImage(bytes, { widthPt: size.widthMm * POINTS_PER_MM, heightPt: size.heightMm * POINTS_PER_MM })
}

async function toDelivery(job: ClaimedJob, outlet: Outlet, document: Uint8Array): Promise<Delivery> {
  const bytes = await toPdf(job, outlet, document)
  const { copies, color_print: isColor, double_sided: isDuplex, orientation } = job.options
  const duplex = orientation === 'landscape' ? 'two-sided-short-edge' : 'two-sided-long-edge'
  return {
    jobId: job.id,
    jobName: job.name,
    userName: job.created_by,
    bytes,
    mediaType: job.data_type.startsWith('image/') ? 'application/pdf' : job.data_type,
    copies,
    sides: isDuplex ? duplex : 'one-sided',
    colorMode: isColor ? 'color' : 'monochrome',
    paper: paperOf(job),
  }
}

function paperOf({ options }: ClaimedJob): Delivery['paper'] {
  const size = options.paper_size === null ? null : findPaperSize(options.paper_size)
  return size && { widthMm: size.widthMm, heightMm: size.heightMm, isAsked: true }
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
    reason: `${reason ?? 'aborted-by-system'}: ${detail}`.slice(0, REASON_LENGTH_MAX),
  }
}
