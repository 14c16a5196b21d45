import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { prepareZXingModule, type ReaderOptions, type ReadResult, readBarcodes } from 'zxing-wasm/reader'
import { type GreyPicture, type Region, thinned, turnedAndThinned } from './grey-picture.ts'

/** A barcode or matrix code that was read from a picture. */
export interface ReadSymbol {
  /** `Code128`, `QRCode`, `DataMatrix`, … */
  readonly type: string
  readonly text: string
  /** Of its narrowest bar or of one square, in pixels. */
  readonly modulePx: number
  /** Where it lies on the picture, in pixels. */
  readonly box: Region
}

interface Point {
  readonly x: number
  readonly y: number
}

type Position = Readonly<Record<'topLeft' | 'topRight' | 'bottomLeft' | 'bottomRight', Point>>

/** A shipping label has three or four. */
const SYMBOLS_MAX = 16
/** Widths of a module that are tried, in pixels: narrower ones can't be read, and one pixel would fit all. */
const MODULE_MAX_PX = 40
const MODULE_MIN_PX = 1.3
const MODULE_STEP_PX = 0.02
/** A bar and the space after it. */
const PAIR_MODULES_MIN = 2

/** Of bars the reader would look at each line of the turned picture too: that is done here, with fewer lines. */
const BARS: ReaderOptions = { formats: ['AllLinear'], tryRotate: false }
const MATRICES: ReaderOptions = { formats: ['AllMatrix'], tryRotate: true }

let isPrepared = false

export interface SymbolReading {
  /** Rows that are looked at for bars, and columns: one of so many. */
  readonly step: number
  /** The picture is black and white. */
  readonly isTwoTone: boolean
}

interface Found {
  readonly symbol: ReadResult
  readonly position: Position
}

/** Dark on light, any way up. Takes some 20 ms a megapixel. */
export async function readSymbols(
  picture: GreyPicture,
  reading: SymbolReading,
): Promise<readonly ReadSymbol[]> {
  prepare()
  const { step, isTwoTone } = reading
  const binarizer = isTwoTone ? 'FixedThreshold' : 'LocalAverage'
  const lastX = picture.widthPx - 1
  const matrices = await find(picture, { ...MATRICES, binarizer }, (point) => point)
  const bars = { ...BARS, binarizer } as const
  const lying = await find(thinned(picture, step), bars, ({ x, y }) => ({ x, y: y * step }))
  const standing = await find(turnedAndThinned(picture, step), bars, ({ x, y }) => ({
    x: lastX - y * step,
    y: x,
  }))
  return [...matrices, ...lying, ...standing].map(({ symbol, position }) => ({
    type: symbol.format,
    text: symbol.text,
    modulePx: symbol.symbol.width > 0 ? squareWidth(position, symbol) : narrowestBar(picture, position),
    box: boxOf(position),
  }))
}

/** `toPicture`: from where a corner lies to where it lay. */
async function find(
  picture: GreyPicture,
  options: ReaderOptions,
  toPicture: (point: Point) => Point,
): Promise<readonly Found[]> {
  const symbols = await readBarcodes(toPgm(picture), {
    ...options,
    tryHarder: true,
    tryInvert: false,
    tryDownscale: false,
    maxNumberOfSymbols: SYMBOLS_MAX,
  })
  return symbols.map((symbol) => {
    const { topLeft, topRight, bottomLeft, bottomRight } = symbol.position
    const position = {
      topLeft: toPicture(topLeft),
      topRight: toPicture(topRight),
      bottomLeft: toPicture(bottomLeft),
      bottomRight: toPicture(bottomRight),
    }
    return { symbol, position }
  })
}

/** By itself it would fetch its WebAssembly from the network. */
function prepare(): void {
  if (isPrepared) return
  const file = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm')
  prepareZXingModule({ overrides: { wasmBinary: new Uint8Array(readFileSync(file)).buffer } })
  isPrepared = true
}

/** A file, since the reader takes bare pixels in four channels alone, and makes grey of them again. */
function toPgm({ widthPx, heightPx, grey }: GreyPicture): Uint8Array {
  return Buffer.concat([Buffer.from(`P5 ${widthPx} ${heightPx} 255\n`), grey])
}

function boxOf(position: Position): Region {
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

function squareWidth(position: Position, { symbol }: ReadResult): number {
  return distance(position.topLeft, position.topRight) / symbol.width
}

/**
 * On the line through the middle of the symbol a bar and the space after it are some whole number of modules wide; each by
 * itself need not be, since a page is drawn with every bar a little too wide. The module is the width that fits best, for
 * its size: half of it fits as well, and twice as much fits half of them.
 */
function narrowestBar(picture: GreyPicture, position: Position): number {
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
  const line = Array.from({ length: length + 1 }, (_, step) => {
    const x = clamp(Math.round(from.x + ((to.x - from.x) * step) / length), widthPx)
    const y = clamp(Math.round(from.y + ((to.y - from.y) * step) / length), heightPx)
    return grey[y * widthPx + x] as number
  })
  // Bars may be grey, and their paper too.
  const darkBelow = (Math.min(...line) + Math.max(...line)) / 2
  const starts: number[] = []
  let before = Math.max(...line)
  for (const [step, here] of line.entries()) {
    if (here < darkBelow && before >= darkBelow) {
      starts.push(step - (darkBelow - here) / (before - here))
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
