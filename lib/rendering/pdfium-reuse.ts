import { CALLBACK_SLOT, type Pdfium, startPdfium } from './pdfium-module.ts'

/**
 * An instance for each document, so that nothing is freed by hand and no document meets the remains of another. A new one
 * costs 8 ms and the collector's work on its memory. So a thread keeps one and sets it back: all that an instance is made
 * of is its memory, its table and four numbers (the stack's, which is back where it was when a call has returned, and three
 * that are written before each use), so one whose memory is as it was at its start is a new one. 1 ms.
 */
interface Kept {
  readonly pdfium: Pdfium
  /** Of its memory at its start, up to the last block that is not all zeroes. */
  readonly start: Buffer
  readonly memoryBytes: number
}

const BLOCK_BYTES = 65_536
const ZEROES = Buffer.alloc(BLOCK_BYTES)

/** Of the task that runs; undefined outside of one. A thread runs one task at a time. */
let inTask: Kept[] | undefined
let spare: Kept | undefined

/** A document's own: of a task's worker the one that the task before left. */
export async function takePdfium(): Promise<Pdfium> {
  const kept = spare ?? keepable(await startPdfium())
  if (kept === spare) setBack(kept)
  spare = undefined
  inTask?.push(kept)
  return kept.pdfium
}

/**
 * Runs the one task of a thread. One that throws leaves nothing behind: what broke a document's reader may have broken off
 * in the middle.
 */
export async function withPdfiumKept<T>(task: () => Promise<T>): Promise<T> {
  inTask = []
  try {
    const value = await task()
    spare ??= inTask.find(isLikeNew)
    return value
  } finally {
    inTask = undefined
  }
}

/** Memory that has grown stays large, and a table that was written calls what has gone. */
function isLikeNew({ pdfium, memoryBytes }: Kept): boolean {
  return pdfium.HEAPU8.length === memoryBytes && pdfium.functions.get(CALLBACK_SLOT) === null
}

function keepable(pdfium: Pdfium): Kept {
  const memory = memoryOf(pdfium)
  let end = memory.length
  while (end > 0 && isZero(memory, end - BLOCK_BYTES)) end -= BLOCK_BYTES
  return { pdfium, start: Buffer.from(memory.subarray(0, end)), memoryBytes: memory.length }
}

/** When it is used again, not before: until then an answer may still be a view of its memory. */
function setBack({ pdfium, start }: Kept): void {
  const memory = memoryOf(pdfium)
  start.copy(memory)
  for (let at = start.length; at < memory.length; at += BLOCK_BYTES) {
    // Looked at first: what was never touched takes no memory, and would by being written.
    if (!isZero(memory, at)) memory.fill(0, at, at + BLOCK_BYTES)
  }
}

function memoryOf({ HEAPU8: { buffer, byteOffset, byteLength } }: Pdfium): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength)
}

function isZero(memory: Buffer, at: number): boolean {
  return memory.compare(ZEROES, 0, BLOCK_BYTES, at, at + BLOCK_BYTES) === 0
}
