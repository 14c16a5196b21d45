import type { ServerResponse } from 'node:http'

/** A reply no longer than this goes out in one piece. */
const PIECE_LENGTH = 1_048_576
/** For one piece: 70 kbit/s, below any line that is of use. */
const STALL_MS = 120_000
const HIGH_SURROGATE_FIRST = 0xd8_00
const HIGH_SURROGATE_LAST = 0xdb_ff

/**
 * Sends a text piece by piece, as fast as the client takes it: others are served meanwhile, and no second copy is made. A
 * client that takes no piece for `stallMs` is cut off: the whole reply, and a place among the requests at once, wait for it.
 */
export async function endInPieces(
  response: ServerResponse,
  text: string,
  stallMs: number = STALL_MS,
): Promise<void> {
  let start = 0
  while (text.length - start > PIECE_LENGTH && !response.destroyed) {
    const end = endOfPiece(text, start + PIECE_LENGTH)
    const isTaken = response.write(text.slice(start, end))
    if (!isTaken) await drained(response, stallMs)
    start = end
  }
  response.end(text.slice(start))
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
