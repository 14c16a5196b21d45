import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

import { encodeMessage } from '../../lib/delivery/ipp-encoder.ts'
import type { IppAttribute, IppValue } from '../../lib/delivery/ipp-message.ts'
import { OPERATION } from '../../lib/delivery/ipp-status.ts'
import { GROUP } from '../../lib/delivery/ipp-tags.ts'

export interface FakeRequest {
  readonly http: IncomingMessage
  readonly response: ServerResponse
  /** The octets that came so far, when the operation was known. */
  readonly head: Buffer
  /** The rest of the body. */
  readBody(): Promise<Buffer>
}

type Answer = (request: FakeRequest) => void | Promise<void>
export type FakeAnswers = Partial<Record<keyof typeof OPERATION, Answer>>

export interface FakeIppPrinter {
  readonly uri: string
  /** Names of the operations asked for, in order. */
  readonly asked: readonly string[]
  readonly connections: number
  /** Resets every connection, or ends it: resolves when that is done. */
  reset(): Promise<void>
  end(): Promise<void>
  /** Ends the connections that wait for a request. */
  closeIdle(): void
  close(): Promise<void>
}

/** An IPP printer that misbehaves as told; where nothing is told it prints at once. */
export async function startFakeIppPrinter(answers: FakeAnswers = {}): Promise<FakeIppPrinter> {
  const asked: string[] = []
  const sockets = new Set<Socket>()
  const all = { ...OBEDIENT, ...answers }
  const server = createServer((http, response) => {
    void serve(http, response)
  })
  const serve = async (http: IncomingMessage, response: ServerResponse): Promise<void> => {
    http.on('error', () => undefined)
    const head = await firstChunk(http)
    const name = operationName(head.readUInt16BE(2))
    asked.push(name)
    await all[name]({ http, response, head, readBody: () => readBody(http, head) })
  }
  server.on('connection', (socket: Socket) => sockets.add(socket))
  const hangUp = async (how: (socket: Socket) => void): Promise<void> => {
    const open = [...sockets].filter((socket) => !socket.destroyed)
    const closed = open.map((socket) => once(socket, 'close'))
    open.forEach(how)
    await Promise.all(closed)
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port')
  return {
    uri: `ipp://127.0.0.1:${address.port}/ipp/print`,
    asked,
    get connections() {
      return sockets.size
    },
    reset: () => hangUp((socket) => socket.resetAndDestroy()),
    end: () => hangUp((socket) => socket.destroy()),
    closeIdle: () => server.closeIdleConnections(),
    close: async () => {
      for (const socket of sockets) socket.destroy()
      if (!server.listening) return
      server.close()
      await once(server, 'close')
    },
  }
}

/** Paused from within the event, or the next chunk would be lost. */
function firstChunk(http: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve) =>
    http.once('data', (chunk: Buffer) => {
      http.pause()
      resolve(chunk)
    }),
  )
}

function operationName(code: number): keyof typeof OPERATION {
  const entry = Object.entries(OPERATION).find(([, value]) => value === code)
  if (entry === undefined) throw new Error(`operation ${code} is not one of ours`)
  return entry[0] as keyof typeof OPERATION
}

async function readBody(http: IncomingMessage, head: Buffer): Promise<Buffer> {
  const chunks = [head]
  for await (const chunk of http as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** Takes the whole request, then answers with a status and one group per list of attributes. */
export function answering(status: number, tag?: number, ...groups: readonly IppAttribute[][]): Answer {
  return async ({ response, head, readBody: rest }) => {
    await rest()
    response.writeHead(200, { 'content-type': 'application/ipp' }).end(anAnswer(head, status, tag, groups))
  }
}

export function anAnswer(
  request: Buffer,
  status: number,
  tag: number = GROUP.job,
  groups: readonly IppAttribute[][] = [],
): Buffer {
  const operation = [
    one('attributes-charset', { tag: 'charset', value: 'utf-8' }),
    one('attributes-natural-language', { tag: 'naturalLanguage', value: 'en' }),
  ]
  return encodeMessage({
    version: [2, 0],
    code: status,
    requestId: request.readInt32BE(4),
    groups: [
      { tag: GROUP.operation, attributes: operation },
      ...groups.map((attributes) => ({ tag, attributes })),
    ],
  })
}

function one(name: string, ...values: IppValue[]): IppAttribute {
  return { name, values }
}

const keyword = (value: string): IppValue => ({ tag: 'keyword', value })
const mediaType = (value: string): IppValue => ({ tag: 'mimeMediaType', value })
const enumerated = (value: number): IppValue => ({ tag: 'enum', value })
const integer = (value: number): IppValue => ({ tag: 'integer', value })

export interface FakePrinterState {
  readonly state?: number
  readonly reasons?: readonly string[]
  readonly isAccepting?: boolean
  readonly copiesMax?: number
  /** Numbers of operations; none: it doesn't say. */
  readonly operations?: readonly number[]
  readonly formats?: readonly string[]
  /** Attributes beside the usual ones. */
  readonly more?: readonly IppAttribute[]
}

/** Attributes of a printer of PDF, idle and content unless told otherwise. */
export function aPrinterState(state: FakePrinterState = {}): IppAttribute[] {
  return [
    one('printer-state', { tag: 'enum', value: state.state ?? 3 }),
    one('printer-state-reasons', ...(state.reasons ?? ['none']).map(keyword)),
    one('printer-is-accepting-jobs', { tag: 'boolean', value: state.isAccepting ?? true }),
    one('document-format-supported', ...(state.formats ?? ['application/pdf']).map(mediaType)),
    ...(state.operations ? [one('operations-supported', ...state.operations.map(enumerated))] : []),
    one('copies-supported', { tag: 'rangeOfInteger', value: { lower: 1, upper: state.copiesMax ?? 99 } }),
    one('sides-supported', keyword('one-sided')),
    ...(state.more ?? []),
  ]
}

/** Attributes of a job; its name is `Label #12 (prnt_job_0000000000000000000001)` unless told otherwise. */
export function aJob(state: number, impressions = 0, name = NAME): IppAttribute[] {
  return [
    one('job-id', integer(7)),
    one('job-name', { tag: 'nameWithoutLanguage', value: name }),
    one('job-state', { tag: 'enum', value: state }),
    one('job-state-reasons', keyword('none')),
    one('job-impressions-completed', integer(impressions)),
  ]
}

/** As `aJob`, of a printer that counts what it got of the document, in units of 1024 octets. */
export function aJobWith(kilooctets: number, state: number, impressions = 0): IppAttribute[] {
  return [...aJob(state, impressions), one('job-k-octets', integer(kilooctets))]
}

const NAME = 'Label #12 (prnt_job_0000000000000000000001)'
const COMPLETED = 9

const OBEDIENT: Required<FakeAnswers> = {
  getPrinterAttributes: answering(0, GROUP.printer, aPrinterState()),
  validateJob: answering(0),
  printJob: answering(0, GROUP.job, aJob(5)),
  createJob: answering(0, GROUP.job, aJob(3)),
  sendDocument: answering(0, GROUP.job, aJob(5)),
  getJobAttributes: answering(0, GROUP.job, aJob(COMPLETED, 1)),
  getJobs: answering(0),
  cancelJob: answering(0),
  identifyPrinter: answering(0),
}
