/** Rasters as PNG, one bit a dot (RFC 2083). */
import { promisify } from 'node:util'
import { crc32, deflate } from 'node:zlib'
import type { Raster } from './raster.ts'

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex')
const BITS_PER_BYTE = 8
/** Bit depth 1, grey, and the only compression, filter and no interlacing there are. */
const BLACK_AND_WHITE = Buffer.from([1, 0, 0, 0, 0])
const NO_FILTER = 0

const compress = promisify(deflate)

export async function encodePng(raster: Raster): Promise<Buffer> {
  const rows = await compress(filteredRows(raster))
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header(raster)),
    chunk('IDAT', rows),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function header({ widthBytes, heightDots }: Raster): Buffer {
  const size = Buffer.alloc(8)
  size.writeUInt32BE(widthBytes * BITS_PER_BYTE, 0)
  size.writeUInt32BE(heightDots, 4)
  return Buffer.concat([size, BLACK_AND_WHITE])
}

/** In a PNG 1 is white. */
function filteredRows({ widthBytes, heightDots, bits }: Raster): Buffer {
  const rows = Buffer.alloc(heightDots * (1 + widthBytes), NO_FILTER)
  for (let row = 0; row < heightDots; row++) {
    const start = row * (1 + widthBytes) + 1
    for (let column = 0; column < widthBytes; column++) {
      rows[start + column] = ~(bits[row * widthBytes + column] ?? 0) & 0xff
    }
  }
  return rows
}

function chunk(type: string, data: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const checksum = Buffer.alloc(4)
  checksum.writeUInt32BE(crc32(typed))
  return Buffer.concat([length, typed, checksum])
}
