import type { Logger } from 'pino'
import type { Caller } from '../../access/caller.ts'
import type { Services } from '../../services.ts'
import { member } from '../../thermal/lenient.ts'
import { quoted, ThermalError } from '../../thermal/thermal-error.ts'
import type { SubmittedJob } from '../../thermal/thermal-jobs-service.ts'
import { toDomainError } from '../faults.ts'
import {
  doneResult,
  errorResult,
  type ResultMessage,
  sortMessage,
  type TemplateResultMessage,
  type ThermalMessage,
  templateResult,
} from './thermal-messages.ts'

/** Contracts/thermal.md, section 3, "limits". */
const UNANSWERED_MAX = 64
const JOB_ID_MAX = 191

export interface SessionOptions {
  readonly caller: Caller
  readonly services: Pick<Services, 'receipts' | 'templates' | 'thermalCommands' | 'thermalJobs'>
  readonly send: (message: ResultMessage | TemplateResultMessage) => void
  /** Aborted when the connection is gone: nobody is there to be answered. */
  readonly gone: AbortSignal
  readonly log: Logger
}

type JobMessage = Extract<ThermalMessage, { kind: 'job' }>
type CommandMessage = Extract<ThermalMessage, { kind: 'command' }>

/** The messages of one connection, one after the other; each of its printers answers in the order of its jobs. */
export class ThermalSession {
  readonly #options: SessionOptions
  readonly #lines = new Map<string, Promise<void>>()
  #unanswered = 0

  constructor(options: SessionOptions) {
    this.#options = options
  }

  /** Resolves when the next message may be handled. Never rejects. */
  async handle(text: string): Promise<void> {
    let jobId: string | null = null
    try {
      const message = sortMessage(await this.#options.services.receipts.open(text))
      jobId = message.jobId === '' ? null : message.jobId
      await (message.kind === 'job' ? this.#print(message) : this.#command(message))
    } catch (error) {
      this.#options.send(errorResult(jobId, this.#wordsOf(error)))
    }
  }

  async #print({ jobId, message }: JobMessage): Promise<void> {
    const { caller, services, send } = this.#options
    if (jobId.trim() === '') return send(errorResult(null, 'JobId is required'))
    if (isLongerThan(jobId, JOB_ID_MAX))
      throw new ThermalError(`JobId is longer than ${JOB_ID_MAX} characters`)
    if (this.#isFull) throw new ThermalError(`busy: ${UNANSWERED_MAX} jobs are waiting on this connection`)
    this.#answerAtEnd(await services.thermalJobs.submit(caller, jobId, message), jobId)
  }

  async #command(command: CommandMessage): Promise<void> {
    switch (command.action.toLowerCase()) {
      case 'updatetemplate':
        return this.#updateTemplate(command)
      case 'executecommand':
        return this.#execute(command)
      case 'startlistening':
      case 'stoplistening':
        return
      default:
        throw new ThermalError(`Unknown Action '${quoted(command.action)}'`)
    }
  }

  async #updateTemplate({ message }: CommandMessage): Promise<void> {
    const { caller, services, send } = this.#options
    const template = member(message.members, 'Template')
    try {
      const { documentType, version } = await services.templates.update(message, 'Template', caller.id)
      const stored = `Template ${documentType} stored as version ${version}`
      send(templateResult(template, { isStored: true, message: stored }))
    } catch (error) {
      send(templateResult(template, { isStored: false, message: this.#wordsOf(error) }))
    }
  }

  /** Behind what is queued for the printer. */
  async #execute({ jobId, message }: CommandMessage): Promise<void> {
    try {
      if (this.#isFull) throw new ThermalError(`busy: ${UNANSWERED_MAX} jobs are waiting on this connection`)
      const { caller, services } = this.#options
      this.#answerAtEnd(await services.thermalCommands.submit(caller, message.members), jobId)
    } catch (error) {
      if (jobId !== null) throw error
      this.#wordsOf(error)
    }
  }

  get #isFull(): boolean {
    return this.#unanswered >= UNANSWERED_MAX
  }

  #answerAtEnd({ jobId: printJobId, printerId, code }: SubmittedJob, jobId: string | null): void {
    const outcome = this.#options.services.thermalJobs.outcome(printJobId, this.#options.gone)
    this.#inLine(printerId, jobId, async () => {
      const end = await outcome
      if (!end || end.status === 'completed') return
      throw new ThermalError(`Printer ${code}: ${end.reason ?? 'canceled'}`)
    })
  }

  /** Answers when `end` has come and everything before it at that printer is answered. */
  #inLine(printerId: string, jobId: string | null, end: () => Promise<void>): void {
    const before = this.#lines.get(printerId) ?? Promise.resolve()
    this.#unanswered += 1
    const turn = before.then(async () => {
      const result = await end().then(
        () => doneResult(jobId ?? ''),
        (error: unknown) => errorResult(jobId, this.#wordsOf(error)),
      )
      this.#unanswered -= 1
      if (jobId !== null) this.#options.send(result)
      if (this.#lines.get(printerId) === turn) this.#lines.delete(printerId)
    })
    this.#lines.set(printerId, turn)
  }

  #wordsOf(thrown: unknown): string {
    const error = toDomainError(thrown)
    if (error.code === 'internal') this.#options.log.error({ err: thrown }, 'thermal message failed')
    return error.message
  }
}

/** In Unicode code points. */
function isLongerThan(text: string, max: number): boolean {
  return text.length > max && (text.length > 2 * max || [...text].length > max)
}
