import type { ServerResponse } from 'node:http'
import { setImmediate as turn } from 'node:timers/promises'
import type { JsonText } from './long-text.ts'

/** A reply no longer than this goes out in one piece. Each takes a few milliseconds, in which nothing else is done. */
const PIECE_LENGTH = 262_144
/** For one piece: 17 kbit/s, below any line that is of use. */
const STALL_MS = 120_000
const HIGH_SURROGATE_FIRST = 0xd8_00
const HIGH_SURROGATE_LAST = 0xdb_ff

/**
 * Sends a text piece by piece, as fast as the client takes it: others are served meanwhile, and no second copy is made. A
 * client that takes no piece for `stallMs` is cut off: the whole reply, and a place among the requests at once, wait for it.
 */
export async function endInPieces(
  response: ServerResponse,
  reply: string | JsonText,
  stallMs: number = STALL_MS,
): Promise<void> {
  let last: string | undefined
  for (const piece of piecesOf(typeof reply === 'string' ? [reply] : reply)) {
    if (response.destroyed) break
    if (last !== undefined) {
      const isTaken = response.write(last)
      await (isTaken ? turn() : drained(response, stallMs))
    }
    last = piece
  }
  response.end(last)
}

function* piecesOf(reply: JsonText): Generator<string> {
  let waiting = ''
  for (const part of reply) {
    if (typeof part === 'string') {
      waiting += part
      continue
    }
    yield waiting
    for (const text of part.parts) {
      for (const piece of slicesOf(text)) yield inJson(piece)
    }
    waiting = ''
  }
  yield* slicesOf(waiting)
}

function* slicesOf(text: string): Generator<string> {
  let start = 0
  while (text.length - start > PIECE_LENGTH) {
    const end = endOfPiece(text, start + PIECE_LENGTH)
    yield text.slice(start, end)
    start = end
  }
  yield text.slice(start)
}

/** What stands in JSON as it is: base64 among others. */
const PLAIN = /^[ !#-[\]-~]*$/

function inJson(piece: string): string {
  return PLAIN.test(piece) ? piece : JSON.stringify(piece).slice(1, -1)
}

/** Or closed: by a client that has gone, or because it takes nothing. */
function drained(response: ServerResponse, stallMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => response.destroy(), stallMs)
    const done = () => {
      clearTimeout(timer)
      response.off('drain', done).off('close', done)
      resolve()
    }
    response.on('drain', done).on('close', done)
  })
}

/** A surrogate pair must not be torn: each half alone would become U+FFFD. */
function endOfPiece(text: string, end: number): number {
  const last = text.charCodeAt(end - 1)
  return last >= HIGH_SURROGATE_FIRST && last <= HIGH_SURROGATE_LAST ? end - 1 : end
}
