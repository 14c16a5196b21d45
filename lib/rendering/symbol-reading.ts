import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { prepareZXingModule, type ReadResult, readBarcodes } from 'zxing-wasm/reader'

/** A barcode or matrix code that was read from a picture. */
export interface ReadSymbol {
  /** `Code128`, `QRCode`, `DataMatrix`, … */
  readonly type: string
  readonly text: string
  /** Of its narrowest bar or of one square, in pixels. */
  readonly modulePx: number
  /** Where it lies on the picture, in pixels. */
  readonly box: SymbolBox
}

export interface SymbolBox {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

export interface GreyPicture {
  readonly widthPx: number
  readonly heightPx: number
  /** A byte a pixel, 0 is black. */
  readonly grey: Uint8Array
}

interface Point {
  readonly x: number
  readonly y: number
}

/** A shipping label has three or four. */
const SYMBOLS_MAX = 16
const BLACK_BELOW = 128
/** Widths of a module that are tried, in pixels: narrower ones can't be read, and one pixel would fit all. */
const MODULE_MAX_PX = 40
const MODULE_MIN_PX = 1.3
const MODULE_STEP_PX = 0.02
/** A bar and the space after it. */
const PAIR_MODULES_MIN = 2

let isPrepared = false

/** Dark on light, any way up. Takes some 50 ms a megapixel. */
export async function readSymbols(picture: GreyPicture): Promise<readonly ReadSymbol[]> {
  prepare()
  const { widthPx: width, heightPx: height } = picture
  const found = await readBarcodes(
    { data: toRgba(picture.grey), width, height, colorSpace: 'srgb' },
    { tryHarder: true, tryInvert: false, tryDownscale: false, maxNumberOfSymbols: SYMBOLS_MAX },
  )
  return found.map((symbol) => ({
    type: symbol.format,
    text: symbol.text,
    modulePx: symbol.symbol.width > 0 ? squareWidth(symbol) : narrowestBar(picture, symbol),
    box: boxOf(symbol),
  }))
}

/** By itself it would fetch its WebAssembly from the network. */
function prepare(): void {
  if (isPrepared) return
  const file = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm')
  prepareZXingModule({ overrides: { wasmBinary: new Uint8Array(readFileSync(file)).buffer } })
  isPrepared = true
}

function toRgba(grey: Uint8Array): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint32Array(grey.length)
  for (let index = 0; index < grey.length; index += 1) {
    pixels[index] = 0xff000000 | ((grey[index] as number) * 0x010101)
  }
  return new Uint8ClampedArray(pixels.buffer)
}

function boxOf({ position }: ReadResult): SymbolBox {
  const corners = [position.topLeft, position.topRight, position.bottomLeft, position.bottomRight]
  const across = corners.map(({ x }) => x)
  const down = corners.map(({ y }) => y)
  return {
    left: Math.min(...across),
    top: Math.min(...down),
    right: Math.max(...across),
    bottom: Math.max(...down),
  }
}

function squareWidth({ position, symbol }: ReadResult): number {
  return distance(position.topLeft, position.topRight) / symbol.width
}

/**
 * On the line through the middle of the symbol a bar and the space after it are some whole number of modules wide; each by
 * itself need not be, since a page is drawn with every bar a little too wide. The module is the width that fits best, for
 * its size: half of it fits as well, and twice as much fits half of them.
 */
function narrowestBar(picture: GreyPicture, { position }: ReadResult): number {
  const from = middle(position.topLeft, position.bottomLeft)
  const to = middle(position.topRight, position.bottomRight)
  const pairs = pairsBetween(picture, from, to)
  let best = { width: 0, misfit: Number.POSITIVE_INFINITY }
  for (let width = MODULE_MAX_PX; width >= MODULE_MIN_PX; width -= MODULE_STEP_PX) {
    const misfit = deviation(pairs, width) / width
    if (misfit < best.misfit - 1e-6) best = { width, misfit }
  }
  return best.width
}

function deviation(pairs: readonly number[], module: number): number {
  const sum = pairs.reduce((total, pair) => {
    const modules = Math.max(PAIR_MODULES_MIN, Math.round(pair / module))
    return total + Math.abs(pair - modules * module)
  }, 0)
  return sum / Math.max(1, pairs.length)
}

/** From each bar's beginning to the next one's; between two pixels by their greys, since a bar may have no more than two. */
function pairsBetween({ widthPx, heightPx, grey }: GreyPicture, from: Point, to: Point): readonly number[] {
  const length = Math.max(1, Math.round(distance(from, to)))
  const starts: number[] = []
  let before = 255
  for (let step = 0; step <= length; step += 1) {
    const x = clamp(Math.round(from.x + ((to.x - from.x) * step) / length), widthPx)
    const y = clamp(Math.round(from.y + ((to.y - from.y) * step) / length), heightPx)
    const here = grey[y * widthPx + x] as number
    if (here < BLACK_BELOW && before >= BLACK_BELOW) {
      starts.push(step - (BLACK_BELOW - here) / (before - here))
    }
    before = here
  }
  return starts.slice(1).map((start, at) => start - (starts[at] ?? 0))
}

function clamp(value: number, size: number): number {
  return Math.min(Math.max(value, 0), size - 1)
}

function middle(a: Point, b: Point): Point {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y)
}
