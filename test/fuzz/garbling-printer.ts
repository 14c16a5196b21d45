import type { Socket } from 'node:net'
import fc from 'fast-check'
import { startRememberingPrinter } from '../faults/remembering-printer.ts'
import { isRefusal } from './ipp-refusal.ts'
import { type ByteChange, byteChanges, changeBytes } from './mutation.ts'

const OPERATIONS = [
  'getPrinterAttributes',
  'validateJob',
  'createJob',
  'sendDocument',
  'printJob',
  'getJobAttributes',
  'getJobs',
] as const

/** What becomes of the next answers to one operation; then the printer is as good as any. */
export interface Garbling {
  readonly operation: (typeof OPERATIONS)[number]
  readonly times: number
  readonly body: readonly ByteChange[]
  readonly head: readonly ByteChange[]
  readonly status: number
  readonly end: 'end' | 'reset' | 'short' | 'long'
}

export const garblings: fc.Arbitrary<Garbling> = fc.record({
  operation: fc.constantFrom(...OPERATIONS),
  times: fc.integer({ min: 1, max: 2 }),
  body: byteChanges(4),
  head: fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: byteChanges(2) }),
  status: fc.oneof(
    { weight: 8, arbitrary: fc.constant(200) },
    { weight: 1, arbitrary: fc.constantFrom(100, 204, 301, 400, 401, 404, 426, 500, 503) },
  ),
  end: fc.constantFrom('end', 'end', 'end', 'reset', 'short', 'long'),
})

export interface GarblingPrinter {
  readonly uri: string
  /** Forgets what it said so far. */
  garble(garbling: Garbling): void
  /** How many answers it has garbled since then. */
  readonly garbled: number
  /** Whether any answer since then can be read as a refusal, or as the end of a job that did not print. */
  readonly hasSaidNo: boolean
  copiesOf(document: Buffer): number
  close(): Promise<void>
}

/** An IPP printer that prints what it is given, remembers it, and garbles its answers as told. */
export async function startGarblingPrinter(options: {
  readonly canCreateJob: boolean
}): Promise<GarblingPrinter> {
  let garbling: Garbling | undefined
  let timesLeft = 0
  let garbled = 0
  let hasSaidNo = false
  const relay = (operation: string, answer: Buffer, socket: Socket): void => {
    const isGarbled = garbling?.operation === operation && timesLeft > 0
    if (isGarbled) {
      timesLeft -= 1
      garbled += 1
    }
    const how = isGarbled && garbling ? garbling : INTACT
    const bytes = changeBytes(answer, how.body)
    if (how.status >= 400 || isRefusal(bytes)) hasSaidNo = true
    say(socket, bytes, how)
  }
  const printer = await startRememberingPrinter({ ...options, relay })
  return {
    uri: printer.uri,
    get hasSaidNo() {
      return hasSaidNo
    },
    get garbled() {
      return garbled
    },
    garble(next) {
      garbling = next
      timesLeft = next.times
      garbled = 0
      hasSaidNo = false
    },
    copiesOf: (document) =>
      printer.printed
        .filter(({ bytes }) => bytes.equals(document))
        .reduce((sum, { copies }) => sum + copies, 0),
    close: () => printer.close(),
  }
}

const LENGTH_LIES = { end: 0, reset: 0, short: 10, long: -10 } as const

function say(socket: Socket, bytes: Buffer, { head, status, end }: Answered): void {
  if (end === 'reset') {
    socket.write(bytes.subarray(0, 4), () => socket.resetAndDestroy())
    return
  }
  const lines = [
    `HTTP/1.1 ${status} Status`,
    'content-type: application/ipp',
    'connection: close',
    `content-length: ${bytes.length + LENGTH_LIES[end]}`,
  ]
  socket.end(Buffer.concat([changeBytes(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), head), bytes]))
}

type Answered = Pick<Garbling, 'body' | 'head' | 'status' | 'end'>

const INTACT: Answered = {
  body: [],
  head: [],
  status: 200,
  end: 'end',
}
