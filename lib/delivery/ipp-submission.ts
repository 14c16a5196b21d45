import type { Delivery, DeliveryContext, DeliveryResult } from './driver.ts'
import { cancelOrphans, cancelQuietly } from './ipp-cancellation.ts'
import { type IppClient, type IppJobRequest, jobMarker } from './ipp-client.ts'
import { IppDecodeError } from './ipp-decoder.ts'
import type { IppDocument } from './ipp-exchange.ts'
import { toJobRequest } from './ipp-job-request.ts'
import { groupOf, type IppMessage, numberOf } from './ipp-message.ts'
import { describePrinter, type IppPrinterDescription } from './ipp-printer-description.ts'
import {
  heldByState,
  isHttpRefusal,
  type Offer,
  refusedByError,
  refusedByStatus,
  stateUntold,
  statusAndWords,
  unfitFor,
} from './ipp-refusal.ts'
import { STATUS, statusClass } from './ipp-status.ts'
import { GROUP } from './ipp-tags.ts'
import { IppTransportError } from './ipp-transport-error.ts'

/** `submitted` is only what the printer has, or may have; `jobId` is null when it didn't say. */
export type Submission = { readonly kind: 'refused'; readonly result: DeliveryResult } | SubmittedJob

export interface SubmittedJob {
  readonly kind: 'submitted'
  readonly jobId: number | null
  readonly bytesWritten: number
  /** False where the connection ended first: what the kernel had taken by then may not have arrived. */
  readonly isWhole: boolean
  /** What was unusual about it, else empty. */
  readonly detail: string
}

/**
 * Refusals after the document was sent that don't say that nothing came out of the printer: RFC 8011, appendix B.1.5.5,
 * has a jam during Print-Job as a device error of a job that exists.
 */
const AMBIGUOUS = new Set<number>([STATUS.internalError, STATUS.deviceError])

/**
 * Asks whether the printer would take the job, then hands it over: once, never again. Where the printer can, the job is
 * made first, so that its number is known before a byte of the document is out.
 */
export class IppSubmission {
  readonly #client: IppClient
  readonly #delivery: Delivery
  readonly #context: DeliveryContext
  #deviceJobId: number | null = null
  #bytesWritten = 0
  #isFlushed = false

  constructor(client: IppClient, delivery: Delivery, context: DeliveryContext) {
    this.#client = client
    this.#delivery = delivery
    this.#context = context
  }

  async run(): Promise<Submission> {
    const submission = await this.#attempt()
    // It would stand there without a document until the printer gives it up.
    if (submission.kind === 'refused' && this.#deviceJobId !== null) {
      await cancelQuietly(this.#client, this.#deviceJobId, this.#delivery.userName)
    }
    return submission
  }

  async #attempt(): Promise<Submission> {
    const { signal } = this.#context
    try {
      const description = await describePrinter(this.#client, signal)
      if ('refusal' in description) {
        return refused(stateUntold(description.refusal, this.#delivery.bytes.length))
      }
      const unfit =
        heldByState(description.state, this.#offer) ?? unfitFor(description, this.#delivery, this.#offer)
      if (unfit !== undefined) return refused(unfit)
      const job = await toJobRequest(this.#client, this.#delivery, { description, signal })
      return (await this.#invalid(job, description)) ?? (await this.#submit(job, description))
    } catch (error) {
      if (error instanceof IppTransportError || error instanceof IppDecodeError) return this.#broken(error)
      throw error
    }
  }

  /** Also finds out wrong credentials before the document is on its way. */
  async #invalid(job: IppJobRequest, description: IppPrinterDescription): Promise<Submission | undefined> {
    const response = await this.#client.validateJob(job, this.#context.signal)
    // The one operation that cheap firmware forgets: the job itself will tell.
    if (response.code === STATUS.operationNotSupported || statusClass(response.code) === 'ok')
      return undefined
    return refused(refusedByStatus(response, description.state, this.#offer))
  }

  async #submit(job: IppJobRequest, description: IppPrinterDescription): Promise<Submission> {
    const { signal } = this.#context
    if (!description.canCreateJob) {
      return this.#judge(await this.#client.printJob(job, this.#document, signal), { description })
    }
    const created = await this.#client.createJob(job, signal)
    this.#deviceJobId = numberOf(groupOf(created, GROUP.job), 'job-id') ?? null
    if (statusClass(created.code) !== 'ok' || this.#deviceJobId === null) {
      if (created.code === STATUS.busy) await this.#sweep()
      return refused(refusedByStatus(created, description.state, this.#offer))
    }
    const sending = { deviceJobId: this.#deviceJobId, job }
    const response = await this.#client.sendDocument(sending, this.#document, signal)
    return this.#judge(response, { description, created })
  }

  get #document(): IppDocument {
    return {
      bytes: this.#delivery.bytes,
      beforeFirstByte: () => this.#context.beforeFirstByte(this.#deviceJobId ?? undefined),
      onBytes: (handedOver) => {
        this.#bytesWritten = handedOver
      },
      onFlushed: () => {
        this.#isFlushed = true
      },
    }
  }

  async #judge(
    response: IppMessage,
    { description, created }: { description: IppPrinterDescription; created?: IppMessage },
  ): Promise<Submission> {
    const isOk = statusClass(response.code) === 'ok'
    if (!isOk && !AMBIGUOUS.has(response.code)) {
      return refused(refusedByStatus(response, description.state, this.#offer))
    }
    if (isOk) await this.#context.onAccepted?.()
    const jobId = this.#deviceJobId ?? numberOf(groupOf(response, GROUP.job), 'job-id') ?? null
    const odd = [created, response].flatMap((answer) =>
      answer && answer.code !== 0 ? statusAndWords(answer) : [],
    )
    return this.#submitted({ jobId, isWhole: isOk, detail: [...new Set(odd)].join('; ') })
  }

  /** What makes the printer busy may be this very job, made by a process that ended before it sent the document. */
  #sweep(): Promise<void> {
    return cancelOrphans(this.#client, jobMarker(this.#delivery.jobId), this.#delivery.userName)
  }

  /** No answer: harmless before the first byte of the document, in doubt from there on. */
  #broken(error: IppTransportError | IppDecodeError): Submission {
    if (this.#bytesWritten === 0 || isHttpRefusal(error)) return refused(refusedByError(error, this.#offer))
    const progress = `after ${this.#bytesWritten} of ${this.#offer.bytesOffered} bytes`
    // A printer that only doesn't answer gets what the kernel has for it; a connection that broke took that with it.
    const isSilent = error instanceof IppTransportError && error.failure === 'timeout'
    return this.#submitted({
      jobId: this.#deviceJobId,
      isWhole: isSilent && this.#isFlushed,
      detail: `${error.message} ${progress}`,
    })
  }

  get #offer(): Offer {
    return { bytesOffered: this.#delivery.bytes.length, bytesWritten: this.#bytesWritten }
  }

  #submitted(job: Pick<SubmittedJob, 'jobId' | 'isWhole' | 'detail'>): Submission {
    return { kind: 'submitted', bytesWritten: this.#bytesWritten, ...job }
  }
}

function refused(result: DeliveryResult): Submission {
  return { kind: 'refused', result }
}
