/** Decoded images as the printer's dots: contracts/thermal.md, section 6. */
import { ditherRows } from './dithering.ts'
import type { DecodeGrey, GreyPicture } from './grey-picture.ts'
import type { LayoutBudget } from './layout-budget.ts'
import { DOTS_PER_MM } from './paper.ts'
import { createRaster, type Raster, sliceRaster } from './raster.ts'
import type { ImageItem, LayoutItem, ReceiptItem } from './receipt-item.ts'
import type { Align } from './text-style.ts'

export interface ImageDrawing {
  readonly paperDots: number
  readonly budget: LayoutBudget
  readonly decodeGrey: DecodeGrey
}

/** Firmware that counts the rows of a picture in one byte is about. */
const BAND_ROWS_MAX = 255
const MARGIN_ROWS = 8
/** 2.5 m. */
const HEIGHT_MAX_DOTS = 20_000

/** The same items with pictures in the place of images, or with a line that says which one is broken. */
export async function drawImages(
  items: readonly LayoutItem[],
  drawing: ImageDrawing,
): Promise<readonly ReceiptItem[]> {
  const drawn: ReceiptItem[] = []
  for (const item of items) {
    if (item.kind === 'image') drawn.push(...(await drawImage(item, drawing)))
    else drawn.push(item)
  }
  return drawn
}

async function drawImage(item: ImageItem, drawing: ImageDrawing): Promise<readonly ReceiptItem[]> {
  const picture = await drawing.decodeGrey(item.bytes, {
    widthDots: wantedWidth(item.widthMm, drawing.paperDots),
    maxWidthDots: drawing.paperDots,
    maxHeightDots: HEIGHT_MAX_DOTS,
  })
  drawing.budget.resume()
  if (!picture) return item.substitute
  drawing.budget.spend('rows', picture.height + MARGIN_ROWS)
  drawing.budget.spend('imageRows', picture.height)
  const raster = drawDithered(picture, item.align, drawing.paperDots)
  return sliceRaster(raster, BAND_ROWS_MAX).map((band) => ({ kind: 'picture', raster: band }))
}

function wantedWidth(widthMm: number | undefined, paperDots: number): number | null {
  if (widthMm === undefined || widthMm <= 0) return null
  return Math.min(paperDots, Math.max(1, Math.round(widthMm * DOTS_PER_MM)))
}

function drawDithered(picture: GreyPicture, align: Align, paperDots: number): Raster {
  const spare = paperDots - picture.width
  const left = align === 'left' ? 0 : align === 'right' ? spare : Math.floor(spare / 2)
  const raster = createRaster(left + picture.width, picture.height + MARGIN_ROWS)
  ditherRows(picture, raster, left)
  return raster
}
