/** The status question of receipt printers, `DLE EOT`: contracts/thermal.md, section 4. */
import type { SocketConnection } from './socket-connection.ts'
import type { PrinterTrouble } from './socket-sending.ts'

export type StatusCheck = 'tolerant' | 'strict' | 'off'

export interface EscposFinding {
  /** What keeps the printer from printing; null: nothing, or it does not tell. */
  readonly trouble: PrinterTrouble | null
  readonly isSilent: boolean
}

const OFFLINE_CAUSES = Buffer.from([0x10, 0x04, 0x02])
const PAPER = Buffer.from([0x10, 0x04, 0x04])

/** Fixed bits of every answer: other bytes are none. */
const isAnswer = (byte: number): boolean => (byte & 0x93) === 0x12

const COVER_BIT = 0x04
const PAPER_END_BIT = 0x20
const ERROR_BIT = 0x40
const NO_PAPER_BITS = 0x60

const COVER_OPEN = {
  reason: 'cover-open',
  detail: 'the cover is open',
  stateReasons: ['cover-open'],
} as const
const OUT_OF_PAPER = { reason: 'media-empty', detail: 'out of paper', stateReasons: ['media-empty'] } as const
/** A job that nobody waits for is held by it, which `aborted-by-system` may not do. */
const PRINTER_ERROR = {
  reason: 'aborted-by-system',
  detail: 'printer error',
  stateReasons: ['printer-offline'],
} as const

/**
 * Two questions, `limitMs` for each answer; the second is left out when the first has none. They are answered out of
 * turn, ahead of what waits in the printer's buffer, so that after a document they would prove nothing. Throws SocketError
 * when the connection ends meanwhile.
 */
export async function askStatus(connection: SocketConnection, limitMs: number): Promise<EscposFinding> {
  for (const [question, troubleOf] of [
    [OFFLINE_CAUSES, offlineTrouble],
    [PAPER, paperTrouble],
  ] as const) {
    const answer = await ask(connection, question, limitMs)
    if (answer === undefined) return { trouble: null, isSilent: true }
    const trouble = troubleOf(answer)
    if (trouble) return { trouble, isSilent: false }
  }
  return { trouble: null, isSilent: false }
}

async function ask(
  connection: SocketConnection,
  question: Uint8Array,
  limitMs: number,
): Promise<number | undefined> {
  let answer: number | undefined
  await connection.ask(question, limitMs, (chunk) => {
    answer ??= chunk.find(isAnswer)
    return answer !== undefined
  })
  return answer
}

function offlineTrouble(answer: number): PrinterTrouble | null {
  if ((answer & COVER_BIT) !== 0) return COVER_OPEN
  if ((answer & PAPER_END_BIT) !== 0) return OUT_OF_PAPER
  return (answer & ERROR_BIT) === 0 ? null : PRINTER_ERROR
}

function paperTrouble(answer: number): PrinterTrouble | null {
  return (answer & NO_PAPER_BITS) === 0 ? null : OUT_OF_PAPER
}
