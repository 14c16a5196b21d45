/** The status question of receipt printers, `DLE EOT`: contracts/thermal.md, section 4. */
import type { SocketConnection } from './socket-connection.ts'

export type StatusCheck = 'tolerant' | 'strict' | 'off'

/** What keeps the printer from printing; null: nothing, or it does not tell. */
export interface EscposTrouble {
  readonly reason: 'cover-open' | 'media-empty' | 'aborted-by-system' | 'connecting-to-device'
  readonly detail: string
}

export interface StatusWaits {
  readonly tolerantMs: number
  readonly strictMs: number
}

const OFFLINE_CAUSES = Buffer.from([0x10, 0x04, 0x02])
const PAPER = Buffer.from([0x10, 0x04, 0x04])

/** Fixed bits of every answer: other bytes are none. */
const isAnswer = (byte: number): boolean => (byte & 0x93) === 0x12

const COVER_BIT = 0x04
const PAPER_END_BIT = 0x20
const ERROR_BIT = 0x40
const NO_PAPER_BITS = 0x60

const OUT_OF_PAPER = { reason: 'media-empty', detail: 'out of paper' } as const

/** Throws SocketError when the connection ends meanwhile. */
export async function askStatus(
  connection: SocketConnection,
  check: StatusCheck,
  { tolerantMs, strictMs }: StatusWaits,
): Promise<EscposTrouble | null> {
  if (check === 'off') return null
  const limitMs = check === 'strict' ? strictMs : tolerantMs
  for (const [question, troubleOf] of [
    [OFFLINE_CAUSES, offlineTrouble],
    [PAPER, paperTrouble],
  ] as const) {
    const answer = await connection.ask(question, limitMs, isAnswer)
    if (answer === undefined) return check === 'strict' ? silent(strictMs) : null
    const trouble = troubleOf(answer)
    if (trouble) return trouble
  }
  return null
}

function silent(limitMs: number): EscposTrouble {
  return { reason: 'connecting-to-device', detail: `no status answer within ${limitMs / 1000} s` }
}

function offlineTrouble(answer: number): EscposTrouble | null {
  if ((answer & COVER_BIT) !== 0) return { reason: 'cover-open', detail: 'the cover is open' }
  if ((answer & PAPER_END_BIT) !== 0) return OUT_OF_PAPER
  return (answer & ERROR_BIT) === 0 ? null : { reason: 'aborted-by-system', detail: 'printer error' }
}

function paperTrouble(answer: number): EscposTrouble | null {
  return (answer & NO_PAPER_BITS) === 0 ? null : OUT_OF_PAPER
}
