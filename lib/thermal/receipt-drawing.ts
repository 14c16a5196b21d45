/** A receipt's items as the dots that a printer would burn. */
import bwipjs from 'bwip-js/node'
import { charactersOf } from './code-pages.ts'
import { itemRows, lineHeight } from './item-height.ts'
import { LINE_SPACING_DEFAULT_DOTS, PAPERS } from './paper.ts'
import { blackenArea, createRaster, type Raster } from './raster.ts'
import type { QrItem, ReceiptItem } from './receipt-item.ts'
import { alignedLeft, drawLine } from './text-drawing.ts'
import type { ThermalSettings } from './thermal-settings.ts'

/** `1B 64 08`, which ends every job. */
const END_LINES = 8

export function drawItems(items: readonly ReceiptItem[], settings: ThermalSettings): Raster {
  const paperDots = PAPERS[settings.paperWidthMm].widthDots
  const characters = charactersOf(settings.encoding)
  const placed = placeItems(items)
  const raster = createRaster(paperDots, placed.rows)
  for (const { item, top, spacingDots, symbol } of placed.items) {
    if (item.kind === 'line') drawLine(raster, item, { top, height: lineHeight(item), paperDots, characters })
    if (item.kind === 'picture') copyRaster(raster, item.raster, top)
    if (item.kind === 'qr' && symbol) {
      drawQr(raster, item, { top: top + item.feeds * spacingDots, paperDots, symbol })
    }
  }
  return raster
}

interface PlacedItem {
  readonly item: ReceiptItem
  readonly top: number
  readonly spacingDots: number
  /** Of a QR code. */
  readonly symbol: QrPixels | undefined
}

interface QrPixels {
  readonly pixs: readonly number[]
  readonly pixx: number
}

function placeItems(items: readonly ReceiptItem[]): { items: readonly PlacedItem[]; rows: number } {
  let spacingDots: number = LINE_SPACING_DEFAULT_DOTS
  let top = 0
  const symbolOf = rememberingSymbols()
  const placed = items.map((item) => {
    if (item.kind === 'line-spacing') spacingDots = item.dots ?? LINE_SPACING_DEFAULT_DOTS
    const symbol = item.kind === 'qr' ? symbolOf(item.data) : undefined
    const place = { item, top, spacingDots, symbol }
    top += itemRows(item, spacingDots, symbol?.pixx)
    return place
  })
  return { items: placed, rows: top + END_LINES * spacingDots }
}

/** From the left edge; the picture is no wider than the paper. */
function copyRaster(target: Raster, { widthBytes, heightDots, bits }: Raster, top: number): void {
  for (let row = 0; row < heightDots; row++) {
    const start = row * widthBytes
    target.bits.set(bits.subarray(start, start + widthBytes), (top + row) * target.widthBytes)
  }
}

function drawQr(
  raster: Raster,
  { size, align }: QrItem,
  place: { top: number; paperDots: number; symbol: QrPixels },
): void {
  const { pixs, pixx } = place.symbol
  const left = alignedLeft(pixx * size, place.paperDots, align)
  pixs.forEach((pixel, index) => {
    if (pixel === 0) return
    const column = index % pixx
    const row = Math.floor(index / pixx)
    blackenArea(raster, {
      left: left + column * size,
      top: place.top + row * size,
      width: size,
      height: size,
    })
  })
}

/** Equal symbols are made once. */
function rememberingSymbols(): (data: Uint8Array) => QrPixels {
  const known = new Map<string, QrPixels>()
  return (data) => {
    const bytes = Buffer.from(data).toString('latin1')
    const symbol = known.get(bytes) ?? qrPixels(bytes)
    known.set(bytes, symbol)
    return symbol
  }
}

/** `bytes`: as characters. */
function qrPixels(bytes: string): QrPixels {
  // The library's types know bar heights and colours, not the encoder's own options.
  const options = {
    bcid: 'qrcode',
    text: bytes,
    binarytext: true,
    eclevel: 'L',
  }
  const [symbol] = bwipjs.raw(options as Parameters<typeof bwipjs.raw>[0])
  if (!symbol || !('pixs' in symbol)) throw new Error('no modules for a QR code')
  return symbol
}
