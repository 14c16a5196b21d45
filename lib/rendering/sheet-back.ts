import {
  type PageNumber,
  type PageRaster,
  type PageRasterFormat,
  RASTER_PIXELS,
  type RasterColor,
} from './page-raster.ts'

/** `pwg-raster-document-sheet-back`: how the printer feeds the back of a sheet. */
export type SheetBack = 'normal' | 'rotated' | 'flipped' | 'manual-tumble'

/** How a page is laid into its raster; PWG 5102.4, table 13 ("back side image transformations"). */
export interface SheetTransform {
  readonly crossFeed: 1 | -1
  readonly feed: 1 | -1
}

const UPRIGHT: SheetTransform = { crossFeed: 1, feed: 1 }
const BACKS: Readonly<Record<SheetBack, { readonly long: SheetTransform; readonly short: SheetTransform }>> =
  {
    normal: { long: UPRIGHT, short: UPRIGHT },
    rotated: { long: { crossFeed: -1, feed: -1 }, short: UPRIGHT },
    flipped: { long: { crossFeed: 1, feed: -1 }, short: { crossFeed: -1, feed: 1 } },
    'manual-tumble': { long: UPRIGHT, short: { crossFeed: -1, feed: -1 } },
  }

/** Of a page's raster, by the side of the sheet that it is on. Pure. */
export function sheetTransform(
  { sides, sheetBack }: Pick<PageRasterFormat, 'sides'> & { readonly sheetBack: SheetBack },
  { number }: PageNumber,
): SheetTransform {
  const isBack = sides !== 'one-sided' && number % 2 === 0
  return isBack ? BACKS[sheetBack][sides === 'two-sided-short-edge' ? 'short' : 'long'] : UPRIGHT
}

/** Pure. */
export function transformed(
  raster: PageRaster,
  color: RasterColor,
  { crossFeed, feed }: SheetTransform,
): PageRaster {
  if (crossFeed === 1 && feed === 1) return raster
  const { widthPx, heightPx, bytesPerLine, lines } = raster
  const turned = new Uint8Array(lines.length)
  for (let y = 0; y < heightPx; y += 1) {
    const from = (feed === 1 ? y : heightPx - 1 - y) * bytesPerLine
    const line = lines.subarray(from, from + bytesPerLine)
    turned.set(crossFeed === 1 ? line : mirrored(line, widthPx, color), y * bytesPerLine)
  }
  return { ...raster, lines: turned }
}

function mirrored(line: Uint8Array, widthPx: number, color: RasterColor): Uint8Array {
  const result = new Uint8Array(line.length)
  const { unitBytes } = RASTER_PIXELS[color]
  for (let x = 0; x < widthPx; x += 1) {
    const to = widthPx - 1 - x
    if (color === 'black_1') {
      const isBlack = ((line[x >> 3] as number) & (0x80 >> (x & 7))) !== 0
      if (isBlack) result[to >> 3] = (result[to >> 3] as number) | (0x80 >> (to & 7))
    } else {
      result.set(line.subarray(x * unitBytes, (x + 1) * unitBytes), to * unitBytes)
    }
  }
  return result
}
