/**
 * The registry of paper sizes, contracts/cloud-printing.md, section 4 ("Paper sizes"). Its data is `paper-sizes.json`:
 * an operator adds a size there, and nowhere else.
 */
import registry from './paper-sizes.json' with { type: 'json' }

export interface PaperSize {
  /** As printers name it in `page_size`; jobs put `page_size_` before it. */
  readonly key: string
  readonly widthMm: number
  readonly heightMm: number
  /** PWG 5101.1 self-describing name, as IPP printers know it. */
  readonly pwgName: string
  /** Continuous paper: the height is a nominal one. */
  readonly isRoll: boolean
}

interface RegistryEntry {
  readonly width: number
  readonly height: number
  readonly unit: string
  readonly pwgName: string
  readonly isRoll?: boolean
}

interface Dimensions {
  readonly widthMm: number
  readonly heightMm: number
}

const MM_PER_UNIT: ReadonlyMap<string, number> = new Map([
  ['mm', 1],
  ['in', 25.4],
])
/** Half a millimetre, and what binary fractions of inches may be off. */
const TOLERANCE_MM = 0.5 + 1e-9
const KEY_PREFIX = 'page_size_'
const DIMENSIONS = /^(\d{1,5}(?:\.\d{1,6})?)x(\d{1,5}(?:\.\d{1,6})?)(in|mm)$/

export const PAPER_SIZES: readonly PaperSize[] = readPaperSizes(registry)

const SIZES_BY_KEY: ReadonlyMap<string, PaperSize> = new Map(PAPER_SIZES.map((size) => [size.key, size]))
const SIZES_BY_NAME: ReadonlyMap<string, PaperSize> = new Map(
  PAPER_SIZES.flatMap((size): [string, PaperSize][] => [
    [`${KEY_PREFIX}${size.key}`, size],
    [size.pwgName.toLowerCase(), size],
  ]),
)

/** An operator's slip must stop the start, not misprint a label a week later: throws, naming the key. */
export function readPaperSizes(entries: Readonly<Record<string, RegistryEntry>>): readonly PaperSize[] {
  return Object.entries(entries).map(toPaperSize)
}

export function paperSizeByKey(key: string): PaperSize | null {
  return SIZES_BY_KEY.get(key) ?? null
}

/**
 * The size that a job asks for: `page_size_label_4x6`, `na_index-4x6_4x6in`, `4x6in` or `102x152mm`, in any case.
 * Dimensions mean the nearest registered size within 0.5 mm, either way up. Null for anything else.
 */
export function findPaperSize(text: string): PaperSize | null {
  const name = text.toLowerCase()
  const [, width, height, unit] = DIMENSIONS.exec(name) ?? []
  const mmPerUnit = MM_PER_UNIT.get(unit ?? '')
  if (mmPerUnit === undefined) return SIZES_BY_NAME.get(name) ?? null
  return nearestPaperSize({ widthMm: Number(width) * mmPerUnit, heightMm: Number(height) * mmPerUnit })
}

/** Whether one is the other's paper: within 0.5 mm on both sides, either way up. */
export function matchesPaperSize(a: Dimensions, b: Dimensions): boolean {
  return deviationMm(a, b) <= TOLERANCE_MM
}

function nearestPaperSize(wanted: Dimensions): PaperSize | null {
  const [nearest] = PAPER_SIZES.filter((size) => matchesPaperSize(size, wanted)).toSorted(
    (a, b) => deviationMm(a, wanted) - deviationMm(b, wanted),
  )
  return nearest ?? null
}

/** How far the worse side is off, the better way up. */
function deviationMm(a: Dimensions, b: Dimensions): number {
  const upright = Math.max(Math.abs(a.widthMm - b.widthMm), Math.abs(a.heightMm - b.heightMm))
  const turned = Math.max(Math.abs(a.widthMm - b.heightMm), Math.abs(a.heightMm - b.widthMm))
  return Math.min(upright, turned)
}

function toPaperSize([key, { width, height, unit, pwgName, isRoll = false }]: [
  string,
  RegistryEntry,
]): PaperSize {
  const mmPerUnit = MM_PER_UNIT.get(unit)
  if (!/^[a-z0-9_.]+$/.test(key) || mmPerUnit === undefined || !(width > 0 && height > 0) || !pwgName) {
    throw new Error(
      `paper-sizes.json: ${key} needs a lower-case key, width, height, unit (in, mm) and pwgName`,
    )
  }
  return { key, widthMm: width * mmPerUnit, heightMm: height * mmPerUnit, pwgName, isRoll }
}
