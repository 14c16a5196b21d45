import { decodeMessage } from './ipp-decoder.ts'
import { encodeMessage } from './ipp-encoder.ts'
import type { IppEndpoint } from './ipp-endpoint.ts'
import type { IppDocument } from './ipp-exchange.ts'
import { attribute, groupOf, type IppAttribute, type IppMessage, stringsOf } from './ipp-message.ts'
import { OPERATION, STATUS } from './ipp-status.ts'
import { GROUP } from './ipp-tags.ts'
import { type IppTimeouts, IppTransport } from './ipp-transport.ts'

/** name(MAX) of RFC 8011 holds 255 octets. */
const NAME_OCTETS_MAX = 255
const REQUEST_ID_MAX = 0x7fffffff
const VERSION = [2, 0] as const
/** For printers of before 2009, which refuse the newer one: RFC 8011, section 4.1.8. */
const OLDER_VERSION = [1, 1] as const
/** Newest first where printers obey RFC 8011, section 4.2.6; far more than are printed between two looks. */
const JOBS_MAX = 100

export interface IppClientOptions {
  readonly endpoint: IppEndpoint
  readonly timeouts: IppTimeouts
}

/** What Validate-Job and Print-Job say about a job. */
export interface IppJobRequest {
  readonly jobName: string
  readonly userName: string
  readonly mediaType: string
  /** Job template attributes: copies, sides, … */
  readonly template: readonly IppAttribute[]
}

export type WhichJobs = 'completed' | 'not-completed'

/** RFC 8011's operations on one printer. Throws IppTransportError or IppDecodeError; a refusal is a response. */
export class IppClient {
  readonly #transport: IppTransport
  readonly #printerUri: string
  #requestId = 0
  /** Questions come before every job, so that it is known by then. */
  #version: readonly [number, number] = VERSION

  constructor({ endpoint, timeouts }: IppClientOptions) {
    this.#transport = new IppTransport(endpoint, timeouts)
    this.#printerUri = endpoint.printerUri
  }

  getPrinterAttributes(requested: readonly string[], signal?: AbortSignal): Promise<IppMessage> {
    return this.#ask(
      OPERATION.getPrinterAttributes,
      [attribute('requested-attributes', ...requested)],
      signal,
    )
  }

  validateJob(job: IppJobRequest, signal?: AbortSignal): Promise<IppMessage> {
    return this.#askAbout(OPERATION.validateJob, job, signal)
  }

  /** Not idempotent: what became of it after an error, only the printer knows. */
  async printJob(job: IppJobRequest, document: IppDocument, signal: AbortSignal): Promise<IppMessage> {
    const message = this.#message(OPERATION.printJob, jobOperationAttributes(job), job.template)
    return decodeMessage(await this.#transport.submit(message, document, signal))
  }

  /** A job without a document. Sent once: a second one would stand in the printer's way. */
  async createJob(job: IppJobRequest, signal: AbortSignal): Promise<IppMessage> {
    const { userName, jobName, template } = job
    const message = this.#message(OPERATION.createJob, ownerAndName({ userName, jobName }), template)
    return decodeMessage(await this.#transport.submit(message, undefined, signal))
  }

  /** The only document of a job that was created. Not idempotent. */
  async sendDocument(
    { deviceJobId, job }: { readonly deviceJobId: number; readonly job: IppJobRequest },
    document: IppDocument,
    signal: AbortSignal,
  ): Promise<IppMessage> {
    const attributes = [
      attribute('job-id', deviceJobId),
      attribute('requesting-user-name', toIppName(job.userName)),
      attribute('document-format', job.mediaType),
      attribute('last-document', true),
    ]
    const message = this.#message(OPERATION.sendDocument, attributes, [])
    return decodeMessage(await this.#transport.submit(message, document, signal))
  }

  getJobAttributes(jobId: number, requested: readonly string[], signal?: AbortSignal): Promise<IppMessage> {
    const attributes = [attribute('job-id', jobId), attribute('requested-attributes', ...requested)]
    return this.#ask(OPERATION.getJobAttributes, attributes, signal)
  }

  getJobs(which: WhichJobs, requested: readonly string[], signal?: AbortSignal): Promise<IppMessage> {
    const attributes = [
      attribute('limit', JOBS_MAX),
      attribute('requested-attributes', ...requested),
      attribute('which-jobs', which),
    ]
    return this.#ask(OPERATION.getJobs, attributes, signal)
  }

  cancelJob(jobId: number, userName: string, signal?: AbortSignal): Promise<IppMessage> {
    const attributes = [attribute('job-id', jobId), attribute('requesting-user-name', toIppName(userName))]
    return this.#ask(OPERATION.cancelJob, attributes, signal)
  }

  /** Blinks, beeps or shows something, as the printer likes best. */
  identifyPrinter(userName: string, signal?: AbortSignal): Promise<IppMessage> {
    return this.#ask(
      OPERATION.identifyPrinter,
      [attribute('requesting-user-name', toIppName(userName))],
      signal,
    )
  }

  /** Ends idle connections. */
  close(): void {
    this.#transport.close()
  }

  #ask(code: number, attributes: readonly IppAttribute[], signal?: AbortSignal): Promise<IppMessage> {
    return this.#question(() => this.#message(code, attributes, []), signal)
  }

  #askAbout(code: number, job: IppJobRequest, signal?: AbortSignal): Promise<IppMessage> {
    return this.#question(() => this.#message(code, jobOperationAttributes(job), job.template), signal)
  }

  async #question(make: () => Buffer, signal?: AbortSignal): Promise<IppMessage> {
    const answer = decodeMessage(await this.#transport.ask(make(), signal))
    if (answer.code !== STATUS.versionNotSupported || this.#version === OLDER_VERSION) return answer
    this.#version = OLDER_VERSION
    return decodeMessage(await this.#transport.ask(make(), signal))
  }

  /** Charset, language and target come first, in this order: RFC 8011, section 4.1.4. */
  #message(code: number, attributes: readonly IppAttribute[], template: readonly IppAttribute[]): Buffer {
    this.#requestId = this.#requestId === REQUEST_ID_MAX ? 1 : this.#requestId + 1
    const operation = [
      attribute('attributes-charset', 'utf-8'),
      attribute('attributes-natural-language', 'en'),
      attribute('printer-uri', this.#printerUri),
      ...attributes,
    ]
    const groups = [{ tag: GROUP.operation, attributes: operation }]
    return encodeMessage({
      version: this.#version,
      code,
      requestId: this.#requestId,
      groups: template.length === 0 ? groups : [...groups, { tag: GROUP.job, attributes: template }],
    })
  }
}

function ownerAndName(job: Pick<IppJobRequest, 'userName' | 'jobName'>): IppAttribute[] {
  return [
    attribute('requesting-user-name', toIppName(job.userName)),
    attribute('job-name', toIppName(job.jobName)),
  ]
}

function jobOperationAttributes(job: IppJobRequest): IppAttribute[] {
  return [...ownerAndName(job), attribute('document-format', job.mediaType)]
}

/** Cut to what an IPP name may hold, never inside of a character. */
function toIppName(text: string, octetsMax = NAME_OCTETS_MAX): string {
  let octets = 0
  let name = ''
  for (const character of text.replace(/\p{Cc}/gu, ' ')) {
    octets += Buffer.byteLength(character)
    if (octets > octetsMax) break
    name += character
  }
  return name
}

/**
 * The name that a job bears at the printer: `Label #12 (prnt_job_…)`. The id is what finds it again when the connection
 * ended before the printer had told the job's number, so a long name is cut in front of it.
 */
export function jobNameAtPrinter(jobName: string, jobId: string): string {
  const suffix = ` ${jobMarker(jobId)}`
  return `${toIppName(jobName, NAME_OCTETS_MAX - Buffer.byteLength(suffix))}${suffix}`
}

export function jobMarker(jobId: string): string {
  return `(${jobId})`
}

/** The device's own words on a status: status-message, and what it didn't support. */
export function wordsOf(response: IppMessage): string {
  const message = stringsOf(groupOf(response, GROUP.operation), 'status-message')
  const unsupported = groupOf(response, GROUP.unsupported)?.attributes.map(({ name }) => name) ?? []
  const names = unsupported.length === 0 ? [] : [`unsupported: ${unsupported.join(', ')}`]
  return [...message, ...names].join('; ')
}
