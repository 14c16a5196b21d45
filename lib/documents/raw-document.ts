import { createHash } from 'node:crypto'
import type { InspectedDocument } from './document.ts'

/** Documents in a printer's own language: contracts/cloud-printing.md, section 4. */
export const ZPL_TYPE = 'application/vnd.zebra-zpl'
export const ESCPOS_TYPE = 'application/vnd.escpos'
export type RawType = typeof ZPL_TYPE | typeof ESCPOS_TYPE

export function isRawType(mediaType: string): mediaType is RawType {
  return mediaType === ZPL_TYPE || mediaType === ESCPOS_TYPE
}

/** It isn't drawn, so it has no pages that Packhouse knows of. */
export function describeRaw(bytes: Buffer, mediaType: RawType): InspectedDocument {
  return {
    bytes,
    // Nothing in the bytes tells the language: the same ones in two languages are two documents.
    sha256: createHash('sha256').update(`${mediaType}\n`).update(bytes).digest(),
    mediaType,
    sizeBytes: bytes.length,
    pageCount: 0,
    firstPageWidthPt: 0,
    firstPageHeightPt: 0,
    isEncrypted: false,
  }
}

const ZPL_START = /^[\s\0\x02]*[\^~][A-Za-z]/
const SNIFFED_BYTES = 256

/** What begins with a command is ZPL; ESC/POS has no mark of its own, so it must be declared. */
export function looksLikeZpl(bytes: Buffer): boolean {
  return ZPL_START.test(bytes.subarray(0, SNIFFED_BYTES).toString('latin1'))
}
