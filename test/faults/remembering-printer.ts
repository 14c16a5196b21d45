import type { Socket } from 'node:net'
import { decodeMessage } from '../../lib/delivery/ipp-decoder.ts'
import { encodeMessage } from '../../lib/delivery/ipp-encoder.ts'
import { attribute, groupOf, type IppAttribute, numberOf, stringsOf } from '../../lib/delivery/ipp-message.ts'
import { OPERATION, STATUS } from '../../lib/delivery/ipp-status.ts'
import { GROUP } from '../../lib/delivery/ipp-tags.ts'
import {
  anAnswer,
  aPrinterState,
  type FakeAnswers,
  type FakeRequest,
  startFakeIppPrinter,
} from '../helpers/fake-ipp-printer.ts'

interface RememberedJob {
  readonly id: number
  readonly name: string
  readonly copies: number
  /** Null until the whole of it is there. */
  bytes: Buffer | null
  end: 'canceled' | 'aborted' | null
}

interface RememberingPrinter {
  readonly uri: string
  /** Whole documents, in the order of arrival. */
  readonly printed: readonly { readonly bytes: Buffer; readonly copies: number }[]
  close(): Promise<void>
}

const PENDING = 3
const COMPLETED = 9
const STATES = { canceled: 7, aborted: 8 } as const

/**
 * An IPP printer that prints a document as soon as it has all of it, and remembers every job. A document that breaks off
 * ends its job, if that was made beforehand; else there is none.
 */
export async function startRememberingPrinter(options: {
  readonly canCreateJob: boolean
  readonly silence?: Silence
  /** It prints what it got of a document that broke off, and calls that completed. */
  readonly printsParts?: boolean
  readonly relay?: Relay
  readonly gate?: Gate
}): Promise<RememberingPrinter> {
  const jobs: RememberedJob[] = []
  const state = aPrinterState({
    operations: Object.entries(OPERATION)
      .filter(([name]) => options.canCreateJob || (name !== 'createJob' && name !== 'sendDocument'))
      .map(([, code]) => code),
  })
  const answers = falling(options.silence, answersOf(jobs, state, options.printsParts))
  const printer = await startFakeIppPrinter(relaying(options.relay, gated(options.gate, answers)))
  return {
    uri: printer.uri,
    get printed() {
      return jobs.flatMap(({ bytes, copies }) => (bytes === null ? [] : { bytes, copies }))
    },
    close: () => printer.close(),
  }
}

/** What it never answers: the document alone, or that and everything after it. */
export type Silence = 'about the document' | 'from the document on'

/** It does what it is asked and says nothing. */
function falling(silence: Silence | undefined, answers: FakeAnswers): FakeAnswers {
  let hasFallenSilent = false
  const muted = Object.entries(answers).map(([name, act]) => [
    name,
    (request: FakeRequest) => {
      const isDocument = name === 'sendDocument' || name === 'printJob'
      if (silence === 'from the document on' && isDocument) hasFallenSilent = true
      const isSilent = hasFallenSilent || (silence === 'about the document' && isDocument)
      if (isSilent) Object.assign(request.response, { end: () => request.response })
      return act(request)
    },
  ])
  return Object.fromEntries(muted) as FakeAnswers
}

/** Sends an answer in its own way: the bytes that it should be, and the connection that they belong to. */
export type Relay = (operation: string, answer: Buffer, socket: Socket) => void

function relaying(relay: Relay | undefined, answers: FakeAnswers): FakeAnswers {
  if (!relay) return answers
  const relayed = Object.entries(answers).map(([name, act]) => [
    name,
    (request: FakeRequest) => {
      const { socket } = request.http
      const end = (bytes: Buffer) => relay(name, bytes, socket)
      Object.assign(request.response, { end, writeHead: () => request.response })
      return act(request)
    },
  ])
  return Object.fromEntries(relayed) as FakeAnswers
}

/** Whether a request is let through; one that isn't, it has answered or will. */
export type Gate = (operation: string, request: FakeRequest) => boolean

function gated(gate: Gate | undefined, answers: FakeAnswers): FakeAnswers {
  if (!gate) return answers
  const guarded = Object.entries(answers).map(([name, act]) => [
    name,
    (request: FakeRequest) => (gate(name, request) ? act(request) : undefined),
  ])
  return Object.fromEntries(guarded) as FakeAnswers
}

function answersOf(jobs: RememberedJob[], state: IppAttribute[], printsParts = false): FakeAnswers {
  const find = (body: Buffer) =>
    jobs.find(({ id }) => id === numberOf(groupOf(decodeMessage(body), GROUP.operation), 'job-id'))
  return {
    getPrinterAttributes: whole((request) => answer(request, GROUP.printer, [state])),
    validateJob: whole((request) => answer(request)),
    createJob: whole((request, body) => {
      const job = newJob(jobs, body, null)
      answer(request, GROUP.job, [describe(job)])
    }),
    sendDocument: async (request) => {
      const job = find(request.head)
      if (!job || isEnded(job)) return refuse(request, STATUS.notPossible)
      const body = await wholeBody(request)
      if (body === undefined) {
        if (printsParts) job.bytes = Buffer.from('a part')
        else job.end = 'aborted'
        return
      }
      job.bytes = documentOf(body)
      answer(request, GROUP.job, [describe(job)])
    },
    printJob: whole((request, body) =>
      answer(request, GROUP.job, [describe(newJob(jobs, body, documentOf(body)))]),
    ),
    getJobAttributes: whole((request, body) => {
      const job = find(body)
      if (!job) return refuse(request, STATUS.notFound)
      answer(request, GROUP.job, [describe(job)])
    }),
    getJobs: whole((request, body) => {
      const [which] = stringsOf(groupOf(decodeMessage(body), GROUP.operation), 'which-jobs')
      const listed = jobs.filter((job) => isEnded(job) === (which === 'completed'))
      answer(request, GROUP.job, listed.toReversed().map(describe))
    }),
    cancelJob: whole((request, body) => {
      const job = find(body)
      if (!job || isEnded(job)) return refuse(request, STATUS.notPossible)
      job.end = 'canceled'
      answer(request)
    }),
  }
}

/** Answers when all of the request is there; one that was cut off in the middle is forgotten. */
function whole(act: (request: FakeRequest, body: Buffer) => void): (request: FakeRequest) => Promise<void> {
  return async (request) => {
    const body = await wholeBody(request)
    if (body) act(request, body)
  }
}

/** Undefined when the connection ended before it was there. */
async function wholeBody(request: FakeRequest): Promise<Buffer | undefined> {
  const body = await request.readBody().catch(() => undefined)
  return request.http.complete ? body : undefined
}

function newJob(jobs: RememberedJob[], body: Buffer, bytes: Buffer | null): RememberedJob {
  const message = decodeMessage(body)
  const job: RememberedJob = {
    id: jobs.length + 1,
    name: stringsOf(groupOf(message, GROUP.operation), 'job-name')[0] ?? '',
    copies: numberOf(groupOf(message, GROUP.job), 'copies') ?? 1,
    bytes,
    end: null,
  }
  jobs.push(job)
  return job
}

/** Our own encoder wrote it, so it writes the same again: what follows is the document. */
function documentOf(body: Buffer): Buffer {
  return body.subarray(encodeMessage(decodeMessage(body)).length)
}

function isEnded({ bytes, end }: RememberedJob): boolean {
  return bytes !== null || end !== null
}

function describe(job: RememberedJob): IppAttribute[] {
  const state = job.end !== null ? STATES[job.end] : job.bytes === null ? PENDING : COMPLETED
  return [
    attribute('job-id', job.id),
    attribute('job-name', job.name),
    { name: 'job-state', values: [{ tag: 'enum', value: state }] },
    {
      name: 'job-state-reasons',
      values: [{ tag: 'keyword', value: state === PENDING ? 'job-incoming' : 'none' }],
    },
    {
      name: 'job-impressions-completed',
      values: [{ tag: 'integer', value: state === COMPLETED ? job.copies : 0 }],
    },
  ]
}

function answer({ response, head }: FakeRequest, tag?: number, groups: IppAttribute[][] = []): void {
  response.writeHead(200, { 'content-type': 'application/ipp' }).end(anAnswer(head, 0, tag, groups))
}

function refuse({ response, head }: FakeRequest, status: number): void {
  response.writeHead(200, { 'content-type': 'application/ipp' }).end(anAnswer(head, status))
}
