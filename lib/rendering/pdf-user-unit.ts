import { constants, inflateSync } from 'node:zlib'

/** ISO 32000-1, 7.7.3.3: points per unit of a page's boxes. */
const DEFAULT_USER_UNIT = 1

const PAGE = /\/Type\s*\/Page(?![A-Za-z])/g
const USER_UNIT = /\/UserUnit\s+(\d*\.?\d+)/
const OBJECT_STREAM = /\/Type\s*\/ObjStm\b/g

/** Of one object stream and of all of a file's, inflated: a hundred times what producers put in. */
const STREAM_MAX_BYTES = 16 * 1024 * 1024
const STREAMS_MAX_BYTES = 64 * 1024 * 1024

/**
 * The user unit of each page, by its index from 0.
 *
 * PDFium does not know user units, and pdf-lib must not parse a document that nobody has looked at: 25 MiB hold millions
 * of objects, and when V8 can't grow a table for them it ends the whole process, not the worker. So the page objects are
 * looked up in the file's text and in that of its object streams, in their order there. Where they aren't exactly the
 * pages (a file updated in place) the largest unit counts for every page. The object streams of an encrypted file stay
 * closed: its pages have the default.
 */
export function readUserUnits(pdf: Buffer, pageCount: number): (index: number) => number {
  const texts = [pdf, ...objectStreams(pdf)]
  if (!texts.some((text) => text.includes('/UserUnit'))) return () => DEFAULT_USER_UNIT
  // One more than there are pages is enough to know that they aren't the pages.
  const units: number[] = []
  let largest = DEFAULT_USER_UNIT
  for (const text of texts) {
    for (const unit of unitsOfPages(text.toString('latin1'))) {
      if (units.length <= pageCount) units.push(unit)
      largest = Math.max(largest, unit)
    }
  }
  if (units.length !== pageCount) return () => largest
  return (index) => units[index] ?? DEFAULT_USER_UNIT
}

function* unitsOfPages(text: string): Generator<number> {
  let end = 0
  for (const { index } of text.matchAll(PAGE)) {
    // Twice in one dictionary: an annotation or a name tree that speaks of pages.
    if (index < end) continue
    end = dictionaryEnd(text, index)
    const unit = Number(USER_UNIT.exec(text.slice(dictionaryStart(text, index), end))?.[1])
    yield unit > 0 ? unit : DEFAULT_USER_UNIT
  }
}

/** Of the dictionary around `from`; those inside of it are skipped. */
function dictionaryEnd(text: string, from: number): number {
  let depth = 1
  let at = from
  while (depth > 0) {
    const close = text.indexOf('>>', at)
    if (close < 0) return text.length
    const open = text.indexOf('<<', at)
    const isOpen = open >= 0 && open < close
    depth += isOpen ? 1 : -1
    at = (isOpen ? open : close) + 2
  }
  return at
}

function dictionaryStart(text: string, from: number): number {
  let depth = 1
  let at = from
  while (depth > 0) {
    const open = text.lastIndexOf('<<', at - 1)
    if (at <= 0 || open < 0) return 0
    const close = text.lastIndexOf('>>', at - 1)
    depth += close > open ? 1 : -1
    at = Math.max(open, close)
  }
  return at
}

function objectStreams(pdf: Buffer): Buffer[] {
  const texts: Buffer[] = []
  let left = STREAMS_MAX_BYTES
  for (const { index } of pdf.toString('latin1').matchAll(OBJECT_STREAM)) {
    const text = inflated(pdf, index, Math.min(left, STREAM_MAX_BYTES))
    texts.push(text)
    left -= text.length
    if (left <= 0) break
  }
  return texts
}

/** The stream that follows `from`; empty if it isn't deflated, damaged or larger than `maxBytes`. */
function inflated(pdf: Buffer, from: number, maxBytes: number): Buffer {
  const keyword = pdf.indexOf('stream', from)
  const end = pdf.indexOf('endstream', keyword)
  if (keyword < 0 || end < 0) return Buffer.alloc(0)
  let start = keyword + 'stream'.length
  while (pdf[start] === 0x0d || pdf[start] === 0x0a) start += 1
  try {
    // The line end before `endstream` is not part of the data.
    return inflateSync(pdf.subarray(start, end), {
      maxOutputLength: maxBytes,
      finishFlush: constants.Z_SYNC_FLUSH,
    })
  } catch {
    return Buffer.alloc(0)
  }
}
