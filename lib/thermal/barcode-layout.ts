/** Rows of barcodes with their texts: contracts/thermal.md, section 6. */
import { completeValue, parseBarcodeType } from './barcode-value.ts'
import { encode, type LayoutContext, styledLines } from './layout-context.ts'
import { CHARACTER_DOTS } from './paper.ts'
import { blackenArea, createRaster, type Raster } from './raster.ts'
import type { LineItem, PictureItem } from './receipt-item.ts'
import { BOLD, PLAIN, type TextStyle } from './text-style.ts'
import { padding, shortenText } from './text-wrapping.ts'
import { quoted, ThermalError } from './thermal-error.ts'

/** What a request, or an element and its item, ask for; undefined is the default. */
export interface BarcodeRequest {
  readonly type: string | undefined
  readonly value: string
  readonly height: number | undefined
  readonly moduleDots: number | undefined
  readonly hri: boolean | undefined
  readonly name: string
  readonly price: string
}

interface Bars {
  /** The value with its check digit. */
  readonly text: string
  readonly modules: readonly number[]
  readonly heightDots: number
  readonly moduleDots: number
}

/** A cell's share of the paper. */
interface CellArea {
  readonly leftDots: number
  readonly widthDots: number
}

const HEIGHT = { min: 20, max: 255, default: 80 }
const MODULE = { min: 1, max: 6, default: 2 }
const QUIET_MODULES = 10
/** The densest is CODE128, with two digits in eleven modules: longer values need not be drawn to be too wide. */
const CHARACTER_MODULES_MIN = 5
/** White above and below the bars. */
const MARGIN_ROWS = 8

/** Side by side, `columns` to the paper; texts above and below their bars. */
export function layoutBarcodeRow(
  context: LayoutContext,
  requests: readonly BarcodeRequest[],
  columns: number,
): readonly (LineItem | PictureItem)[] {
  const areas = cellAreas(context.paper.widthDots, columns)
  const bars = requests.map((request, index) => barsOf(context, request, areas[index]?.widthDots ?? 0))
  const hri = requests.map((request, index) => (request.hri ? (bars[index]?.text ?? '') : ''))
  const line = (texts: readonly string[], style: TextStyle): readonly LineItem[] =>
    layoutTexts(context, texts, areas, style)
  return [
    ...line(
      requests.map(({ name }) => name),
      BOLD,
    ),
    ...drawBars(bars, areas, context.paper.widthDots),
    ...line(hri, PLAIN),
    ...line(
      requests.map(({ price }) => price),
      BOLD,
    ),
  ]
}

function cellAreas(paperDots: number, columns: number): readonly CellArea[] {
  const widthDots = Math.floor(paperDots / columns)
  return Array.from({ length: columns }, (_, index) => ({ leftDots: index * widthDots, widthDots }))
}

function barsOf({ symbols }: LayoutContext, request: BarcodeRequest, widthDots: number): Bars | undefined {
  const type = parseBarcodeType(request.type)
  if (request.value === '') return undefined
  const text = completeValue(type, request.value)
  const tooWide = new ThermalError(`'${quoted(request.value)}' is too wide for the paper`)
  if (text.length * CHARACTER_MODULES_MIN > widthDots) throw tooWide
  const modules = symbols.bars(type, text)
  const symbolModules = totalOf(modules) + 2 * QUIET_MODULES
  const moduleDots = Math.min(within(request.moduleDots, MODULE), Math.floor(widthDots / symbolModules))
  if (moduleDots < MODULE.min) throw tooWide
  return { text, modules, heightDots: within(request.height, HEIGHT), moduleDots }
}

function drawBars(
  bars: readonly (Bars | undefined)[],
  areas: readonly CellArea[],
  paperDots: number,
): readonly PictureItem[] {
  const heightDots = Math.max(0, ...bars.map((cell) => cell?.heightDots ?? 0))
  if (heightDots === 0) return []
  const raster = createRaster(paperDots, heightDots + 2 * MARGIN_ROWS)
  bars.forEach((cell, index) => {
    const area = areas[index]
    if (cell && area) drawSymbol(raster, cell, area)
  })
  return [{ kind: 'picture', raster }]
}

function drawSymbol(raster: Raster, { modules, heightDots, moduleDots }: Bars, area: CellArea): void {
  const symbolDots = totalOf(modules) * moduleDots
  let left = area.leftDots + Math.floor((area.widthDots - symbolDots) / 2)
  modules.forEach((count, index) => {
    const width = count * moduleDots
    if (index % 2 === 0) blackenArea(raster, { left, top: MARGIN_ROWS, width, height: heightDots })
    left += width
  })
}

/** One line with a text in the middle of each cell; none where no cell has a text. */
function layoutTexts(
  context: LayoutContext,
  texts: readonly string[],
  areas: readonly CellArea[],
  style: TextStyle,
): readonly LineItem[] {
  const encoded = texts.map((text) => trimSpaces(encode(context, text)))
  if (encoded.every((text) => text === '')) return []
  const [single = ''] = encoded
  const columns = context.paper.columns.A
  if (areas.length === 1) return [...styledLines([shortenText(single, columns)], style, 'center')]
  let line = ''
  encoded.forEach((text, index) => {
    const { first, width } = cellColumns(areas[index])
    const short = shortenText(text, width)
    line = line.padEnd(first + padding(short.length, width, 'center')[0]) + short
  })
  return [...styledLines([line], style, 'left')]
}

/** Spaces alone: encoded text has letters where Unicode has other white space, `á` at A0 in the DOS code pages. */
function trimSpaces(text: string): string {
  let start = 0
  let end = text.length
  while (text[start] === ' ') start += 1
  while (end > start && text[end - 1] === ' ') end -= 1
  return text.slice(start, end)
}

/** The whole characters that lie within a cell. */
function cellColumns(area: CellArea = { leftDots: 0, widthDots: 0 }): { first: number; width: number } {
  const first = Math.ceil(area.leftDots / CHARACTER_DOTS.A.width)
  const end = Math.floor((area.leftDots + area.widthDots) / CHARACTER_DOTS.A.width)
  return { first, width: end - first }
}

function within(value: number | undefined, { min, max, default: usual }: typeof HEIGHT): number {
  return value === undefined ? usual : Math.min(max, Math.max(min, Math.round(value)))
}

function totalOf(modules: readonly number[]): number {
  return modules.reduce((total, count) => total + count, 0)
}
