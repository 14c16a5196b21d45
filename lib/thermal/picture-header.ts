/** Size of a PNG or JPEG in pixels, from its first bytes: nothing is decoded before it is known to be small enough. */
export interface PictureSize {
  readonly widthPixels: number
  readonly heightPixels: number
}

const PNG_SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex')
const PNG_SIZE_AT = 16
const PNG_HEADER_BYTES = 24

const JPEG_START = 0xffd8
const MARKER_PREFIX = 0xff
/** Start of frame; C4, C8 and CC are other things (ITU-T T.81, table B.1). */
const FRAMES = new Set([0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf])
const FRAME_HEADER_BYTES = 9

/** Undefined for what is neither, or ends too early, or has no pixels. */
export function readPictureSize(bytes: Buffer): PictureSize | undefined {
  const size = isPng(bytes) ? readPngSize(bytes) : readJpegSize(bytes)
  return size && size.widthPixels > 0 && size.heightPixels > 0 ? size : undefined
}

function isPng(bytes: Buffer): boolean {
  return bytes.subarray(0, PNG_SIGNATURE.length).equals(PNG_SIGNATURE)
}

function readPngSize(bytes: Buffer): PictureSize | undefined {
  if (bytes.length < PNG_HEADER_BYTES) return undefined
  return {
    widthPixels: bytes.readUInt32BE(PNG_SIZE_AT),
    heightPixels: bytes.readUInt32BE(PNG_SIZE_AT + 4),
  }
}

function readJpegSize(bytes: Buffer): PictureSize | undefined {
  if (bytes.length < 2 || bytes.readUInt16BE(0) !== JPEG_START) return undefined
  let at = 2
  while (at + FRAME_HEADER_BYTES <= bytes.length && bytes[at] === MARKER_PREFIX) {
    const marker = bytes[at + 1] ?? 0
    if (FRAMES.has(marker)) {
      return { heightPixels: bytes.readUInt16BE(at + 5), widthPixels: bytes.readUInt16BE(at + 7) }
    }
    // Any number of fill bytes may stand before a marker.
    at += marker === MARKER_PREFIX ? 1 : 2 + bytes.readUInt16BE(at + 2)
  }
  return undefined
}
