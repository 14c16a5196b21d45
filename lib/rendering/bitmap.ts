import type { Raster } from '../thermal/raster.ts'

/** A picture of dots as a thermal head prints it; bits beyond the width are white. */
export interface Bitmap extends Raster {
  readonly widthDots: number
}

/** Rows from the top, three bytes a pixel. */
export interface RgbRaster {
  readonly widthPx: number
  readonly heightPx: number
  readonly pixels: Uint8Array
}

const RGB_CHANNELS = 3
/** Dithering loses the thin bars of a barcode; a fixed threshold keeps them. */
export const BLACK_BELOW = 128

/** ITU-R BT.601 in 16 bits: what an eye takes a color for. */
function luma(red: number, green: number, blue: number): number {
  return (red * 19_595 + green * 38_470 + blue * 7_471 + 32_768) >> 16
}

/** Black below 128, without dithering. Pure. */
export function toBitmap({ widthPx, heightPx, pixels }: RgbRaster): Bitmap {
  const widthBytes = Math.ceil(widthPx / 8)
  const bits = new Uint8Array(widthBytes * heightPx)
  let at = 0
  for (let y = 0; y < heightPx; y += 1) {
    const row = y * widthBytes
    for (let x = 0; x < widthPx; x += 1, at += RGB_CHANNELS) {
      const grey = luma(pixels[at] as number, pixels[at + 1] as number, pixels[at + 2] as number)
      if (grey < BLACK_BELOW) bits[row + (x >> 3)] = (bits[row + (x >> 3)] as number) | (0x80 >> (x & 7))
    }
  }
  return { widthDots: widthPx, widthBytes, heightDots: heightPx, bits }
}

/** A byte a pixel, 0 is black. Pure. */
export function toGrey({ widthPx, heightPx, pixels }: RgbRaster): Uint8Array {
  const grey = new Uint8Array(widthPx * heightPx)
  for (let index = 0, at = 0; index < grey.length; index += 1, at += RGB_CHANNELS) {
    grey[index] = luma(pixels[at] as number, pixels[at + 1] as number, pixels[at + 2] as number)
  }
  return grey
}

/** A byte a dot, 0 is black, 255 is white. Pure. */
export function toDots({ widthDots, widthBytes, heightDots, bits }: Bitmap): Uint8Array {
  const dots = new Uint8Array(widthDots * heightDots).fill(255)
  for (let y = 0; y < heightDots; y += 1) {
    for (let x = 0; x < widthDots; x += 1) {
      const byte = bits[y * widthBytes + (x >> 3)] as number
      if ((byte & (0x80 >> (x & 7))) !== 0) dots[y * widthDots + x] = 0
    }
  }
  return dots
}

/** Without the white rows below the last black dot, but for one: paper from a roll ends where the content does. Pure. */
export function withoutTail(bitmap: Bitmap): Bitmap {
  const { widthBytes, bits } = bitmap
  const heightDots = Math.max(1, Math.ceil((bits.findLastIndex((byte) => byte !== 0) + 1) / widthBytes))
  return { ...bitmap, heightDots, bits: bits.subarray(0, heightDots * widthBytes) }
}
