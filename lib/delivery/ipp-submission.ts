import { notSent, unreachable } from './delivery-result.ts'
import type { Delivery, DeliveryContext, DeliveryResult } from './driver.ts'
import { type IppClient, type IppJobRequest, jobNameAtPrinter, wordsOf } from './ipp-client.ts'
import { IppDecodeError } from './ipp-decoder.ts'
import { attribute, groupOf, type IppAttribute, type IppMessage, numberOf } from './ipp-message.ts'
import { attentionReason, type IppPrinterState, readPrinterState } from './ipp-printer-state.ts'
import { STATUS, statusClass, statusText } from './ipp-status.ts'
import { GROUP } from './ipp-tags.ts'
import { IppTransportError, type IppTransportFailure } from './ipp-transport-error.ts'

/** `submitted` is only what the printer has, or may have; `jobId` is null when it didn't say. */
export type Submission = { readonly kind: 'refused'; readonly result: DeliveryResult } | SubmittedJob

export interface SubmittedJob {
  readonly kind: 'submitted'
  readonly jobId: number | null
  readonly bytesWritten: number
  /** What was unusual about it, else empty. */
  readonly detail: string
}

/**
 * Refusals after the document was sent that don't say that nothing came out of the printer: RFC 8011, appendix B.1.5.5,
 * has a jam during Print-Job as a device error of a job that exists.
 */
const AMBIGUOUS = new Set<number>([STATUS.internalError, STATUS.deviceError])

/** Ends that the printer has no part in. */
const OURS = new Set<IppTransportFailure>(['aborted', 'forbidden'])

/** Asks whether the printer would take the job, then hands it over: once, never again. */
export class IppSubmission {
  readonly #client: IppClient
  readonly #delivery: Delivery
  readonly #context: DeliveryContext
  #bytesWritten = 0

  constructor(client: IppClient, delivery: Delivery, context: DeliveryContext) {
    this.#client = client
    this.#delivery = delivery
    this.#context = context
  }

  async run(): Promise<Submission> {
    try {
      const state = await readPrinterState(this.#client, this.#context.signal)
      if (state === undefined)
        return this.#refused('retry', 'connecting-to-device', 'the printer does not tell its state')
      const job = toJobRequest(this.#delivery, state)
      return this.#unfit(state) ?? (await this.#invalid(job, state)) ?? (await this.#print(job, state))
    } catch (error) {
      if (error instanceof IppTransportError || error instanceof IppDecodeError) return this.#broken(error)
      throw error
    }
  }

  /** What the printer's own description says against the job. */
  #unfit(state: IppPrinterState): Submission | undefined {
    const { mediaType, copies } = this.#delivery
    if (state.isStopped || !state.isAccepting) {
      const words =
        state.stateMessage || (state.isStopped ? 'the printer is stopped' : 'the printer accepts no jobs')
      return this.#refused('retry', attentionReason(state.stateReasons) ?? 'printer-busy', words, state)
    }
    if (state.formats.length > 0 && !state.formats.includes(mediaType)) {
      return this.#refused('fail', 'document-format-error', `the printer takes no ${mediaType}`, state)
    }
    if (copies > state.copiesMax) {
      const words = `${copies} copies asked of a printer that makes at most ${state.copiesMax}`
      return this.#refused('fail', 'aborted-by-system', words, state)
    }
    return undefined
  }

  /** Also finds out wrong credentials before the document is on its way. */
  async #invalid(job: IppJobRequest, state: IppPrinterState): Promise<Submission | undefined> {
    const response = await this.#client.validateJob(job, this.#context.signal)
    // The one operation that cheap firmware forgets: Print-Job will tell.
    if (response.code === STATUS.operationNotSupported || statusClass(response.code) === 'ok')
      return undefined
    return this.#refusedByStatus(response, state)
  }

  async #print(job: IppJobRequest, state: IppPrinterState): Promise<Submission> {
    const response = await this.#client.printJob(
      job,
      {
        bytes: this.#delivery.bytes,
        beforeFirstByte: () => this.#context.beforeFirstByte(),
        onBytes: (handedOver) => {
          this.#bytesWritten = handedOver
        },
      },
      this.#context.signal,
    )
    const isOk = statusClass(response.code) === 'ok'
    if (!isOk && !AMBIGUOUS.has(response.code)) return this.#refusedByStatus(response, state)
    const jobId = numberOf(groupOf(response, GROUP.job), 'job-id') ?? null
    return this.#submitted(jobId, response.code === 0 ? '' : statusAndWords(response))
  }

  #refusedByStatus(response: IppMessage, state: IppPrinterState): Submission {
    const words = statusAndWords(response)
    if (statusClass(response.code) === 'retry') {
      return this.#refused('retry', attentionReason(state.stateReasons) ?? 'printer-busy', words, state)
    }
    if (response.code === STATUS.jobCanceled)
      return this.#refused('cancel', 'job-canceled-at-device', words, state)
    return this.#refused(
      'fail',
      isAboutFormat(response) ? 'document-format-error' : 'aborted-by-system',
      words,
      state,
    )
  }

  /** No answer: harmless before the first byte of the document, in doubt from there on. */
  #broken(error: IppTransportError | IppDecodeError): Submission {
    const { bytes } = this.#delivery
    const isRefusal = error instanceof IppTransportError && HTTP_REFUSALS.has(error.statusCode)
    if (this.#bytesWritten > 0 && !isRefusal) {
      return this.#submitted(null, `${error.message} after ${this.#bytesWritten} of ${bytes.length} bytes`)
    }
    const isOurs = error instanceof IppTransportError && OURS.has(error.failure)
    if (isOurs) return this.#refused('retry', null, error.message)
    return {
      kind: 'refused',
      result: { ...unreachable(bytes.length, explain(error)), bytesWritten: this.#bytesWritten },
    }
  }

  #submitted(jobId: number | null, detail: string): Submission {
    return { kind: 'submitted', jobId, bytesWritten: this.#bytesWritten, detail }
  }

  #refused(
    next: DeliveryResult['next'],
    reason: string | null,
    detail: string,
    state?: IppPrinterState,
  ): Submission {
    const bytesOffered = this.#delivery.bytes.length
    const stateReasons = state?.stateReasons ?? []
    const bytesWritten = this.#bytesWritten
    return {
      kind: 'refused',
      result: notSent({ bytesOffered, bytesWritten, next, reason, detail, stateReasons }),
    }
  }
}

/** Only what the printer lists is asked for: what isn't, it would ignore or refuse. */
function toJobRequest(delivery: Delivery, state: IppPrinterState): IppJobRequest {
  const template: IppAttribute[] = []
  if (state.hasCopies) template.push(attribute('copies', delivery.copies))
  if (state.sides.includes(delivery.sides)) template.push(attribute('sides', delivery.sides))
  if (state.colorModes.includes(delivery.colorMode))
    template.push(attribute('print-color-mode', delivery.colorMode))
  return {
    jobName: jobNameAtPrinter(delivery.jobName, delivery.jobId),
    userName: delivery.userName,
    mediaType: delivery.mediaType,
    template,
  }
}

function statusAndWords(response: IppMessage): string {
  return [statusText(response.code), wordsOf(response)].filter(Boolean).join(': ')
}

function isAboutFormat(response: IppMessage): boolean {
  return response.code === STATUS.formatNotSupported || response.code === STATUS.formatError
}

/**
 * HTTP statuses of a web server that never handed the request to the printer. Others, such as 408 or 502, may come after
 * a part of the document has.
 */
const HTTP_REFUSALS = new Set<number | null>([401, 403, 404, 405, 411, 413, 415, 426])

const HTTP_WORDS: ReadonlyMap<number, string> = new Map([
  [401, 'the printer refused the user name and password'],
  [403, 'the printer forbids it to this user'],
  [404, 'nothing answers IPP at this path'],
  [426, 'the printer demands TLS: its URI must be ipps'],
])

function explain(error: IppTransportError | IppDecodeError): string {
  const words = error instanceof IppTransportError ? HTTP_WORDS.get(error.statusCode ?? 0) : undefined
  return words === undefined ? error.message : `${error.message}: ${words}`
}
