/** A picture of black and white dots, packed as printers take it: most significant bit left, 1 is black. */
export interface Raster {
  readonly widthBytes: number
  readonly heightDots: number
  /** Rows of `widthBytes` bytes, from the top. */
  readonly bits: Uint8Array
}

/** A rectangle of dots. */
export interface Area {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

const BITS_PER_BYTE = 8

export function createRaster(widthDots: number, heightDots: number): Raster {
  const widthBytes = Math.ceil(widthDots / BITS_PER_BYTE)
  return { widthBytes, heightDots, bits: new Uint8Array(widthBytes * heightDots) }
}

/** Dots outside of the raster are left out. */
export function blackenDot(raster: Raster, x: number, y: number): void {
  if (x < 0 || y < 0 || x >= raster.widthBytes * BITS_PER_BYTE || y >= raster.heightDots) return
  const at = y * raster.widthBytes + (x >> 3)
  raster.bits[at] = (raster.bits[at] ?? 0) | (0x80 >> (x & 7))
}

/** What lies outside of the raster is left out. */
export function blackenArea(raster: Raster, area: Area): void {
  const left = Math.max(0, area.left)
  const right = Math.min(raster.widthBytes * BITS_PER_BYTE, area.left + area.width)
  const bottom = Math.min(raster.heightDots, area.top + area.height)
  for (let column = left >> 3; column * BITS_PER_BYTE < right; column++) {
    const mask = maskOf(left - column * BITS_PER_BYTE, right - column * BITS_PER_BYTE)
    for (let y = Math.max(0, area.top); y < bottom; y++) {
      const at = y * raster.widthBytes + column
      raster.bits[at] = (raster.bits[at] ?? 0) | mask
    }
  }
}

/** The bits of a byte from `left` on and before `right`, which may lie in bytes before and after. */
function maskOf(left: number, right: number): number {
  const first = Math.max(0, left)
  const end = Math.min(BITS_PER_BYTE, right)
  return (0xff >> first) & (0xff << (BITS_PER_BYTE - end)) & 0xff
}

/** The same dots in pieces of at most so many rows. */
export function sliceRaster(raster: Raster, rowsMax: number): readonly Raster[] {
  const bands: Raster[] = []
  for (let top = 0; top < raster.heightDots; top += rowsMax) {
    const heightDots = Math.min(rowsMax, raster.heightDots - top)
    const start = top * raster.widthBytes
    const bits = raster.bits.subarray(start, start + heightDots * raster.widthBytes)
    bands.push({ widthBytes: raster.widthBytes, heightDots, bits })
  }
  return bands
}
