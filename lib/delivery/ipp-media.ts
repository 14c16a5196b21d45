import type { DeliveryPaper } from './driver.ts'
import {
  attribute,
  type IppAttribute,
  type IppGroup,
  type IppValue,
  stringsOf,
  valuesOf,
} from './ipp-message.ts'

/** What a printer says of its paper: PWG 5101.1 names, and whether a size may be given in numbers. */
export interface IppMedia {
  readonly supported: readonly string[]
  /** What is loaded. */
  readonly ready: readonly string[]
  /** `media-col` with `media-size` may be sent. */
  readonly takesSizes: boolean
}

interface Size {
  readonly widthMm: number
  readonly heightMm: number
}

/** contracts/printing.md, "Settings → paper". */
const TOLERANCE_MM = 0.5
const MM_PER_INCH = 25.4
/** The dimensions that end every self-describing name: PWG 5101.1, section 5. */
const DIMENSIONS = /_(\d{1,6}(?:\.\d{1,4})?)x(\d{1,6}(?:\.\d{1,4})?)(in|mm)$/
/** `custom_min_25.4x25.4mm` begins a range, `custom_max_…` ends it: PWG 5101.1, section 5.2. */
const RANGE_END = /^custom_(min|max)_/
/** Answers hold hundreds of sizes at most; what is beyond is not looked at. */
const MEDIA_MAX = 4096

export const MEDIA_ATTRIBUTES = ['media-supported', 'media-ready', 'media-col-supported']
export const MEDIA_SIZE_ATTRIBUTES = ['media-col-database', 'media-size-supported']

export function readMedia(printer: IppGroup | undefined): IppMedia {
  return {
    supported: stringsOf(printer, 'media-supported').slice(0, MEDIA_MAX),
    ready: stringsOf(printer, 'media-ready').slice(0, MEDIA_MAX),
    takesSizes: stringsOf(printer, 'media-col-supported').includes('media-size'),
  }
}

/** The printer's own keyword for that paper, either way up: what is loaded first. `iso_a4_210x297mm` */
export function mediaKeyword({ supported, ready }: IppMedia, paper: Size): string | undefined {
  return [...ready, ...supported].find((name) => {
    const size = RANGE_END.test(name) ? undefined : sizeOf(name)
    return size !== undefined && isSame(size, paper)
  })
}

/**
 * The paper in numbers, for a printer that has no keyword for it: as its list of sizes has it, which may be either way up,
 * else as it is asked for. `sizes` is what the printer answered to MEDIA_SIZE_ATTRIBUTES.
 */
export function mediaCollection(
  media: IppMedia,
  sizes: IppGroup | undefined,
  paper: DeliveryPaper,
): IppAttribute | undefined {
  const entries = listedSizes(sizes)
  const listed = entries.map(toSize).find((size) => size !== undefined && isSame(size, paper))
  const isCustom = isInRange(media.supported, paper) || entries.some((entry) => holds(entry, paper))
  if (!media.takesSizes || !(listed || isCustom || paper.isAsked)) return undefined
  const { widthMm, heightMm } = listed ?? paper
  const size = [attribute('x-dimension', hundredths(widthMm)), attribute('y-dimension', hundredths(heightMm))]
  return attribute('media-col', [attribute('media-size', size)])
}

type Members = readonly IppAttribute[]

/** Members of every `media-size` that the printer lists: whole numbers, or ranges for custom sizes. */
function listedSizes(sizes: IppGroup | undefined): Members[] {
  const database = membersOf(valuesOf(sizes, 'media-col-database')).flatMap((entry) =>
    membersOf(entry.find(({ name }) => name === 'media-size')?.values ?? []),
  )
  return [...database, ...membersOf(valuesOf(sizes, 'media-size-supported'))].slice(0, MEDIA_MAX)
}

function holds(members: Members, { widthMm, heightMm }: Size): boolean {
  return [
    ['x-dimension', widthMm],
    ['y-dimension', heightMm],
  ].every(([name, mm]) => {
    const value = members.find((member) => member.name === name)?.values[0]
    const dimension = hundredths(Number(mm))
    if (value?.tag === 'integer') return value.value === dimension
    return value?.tag === 'rangeOfInteger' && value.value.lower <= dimension && dimension <= value.value.upper
  })
}

function membersOf(values: readonly IppValue[]): Members[] {
  return values.flatMap(({ tag, value }) => (tag === 'collection' ? [value] : []))
}

function toSize(members: Members): Size | undefined {
  const [width, height] = ['x-dimension', 'y-dimension'].map((name) => {
    const value = members.find((member) => member.name === name)?.values[0]
    return value?.tag === 'integer' ? value.value / 100 : undefined
  })
  return width === undefined || height === undefined ? undefined : { widthMm: width, heightMm: height }
}

function sizeOf(name: string): Size | undefined {
  const [, width, height, unit] = DIMENSIONS.exec(name) ?? []
  if (width === undefined || height === undefined) return undefined
  const factor = unit === 'in' ? MM_PER_INCH : 1
  return { widthMm: Number(width) * factor, heightMm: Number(height) * factor }
}

function isInRange(supported: readonly string[], paper: Size): boolean {
  const ends = supported.filter((name) => RANGE_END.test(name))
  const least = ends.find((name) => name.startsWith('custom_min_'))
  const most = ends.find((name) => name.startsWith('custom_max_'))
  const min = least === undefined ? undefined : sizeOf(least)
  const max = most === undefined ? undefined : sizeOf(most)
  return min !== undefined && max !== undefined && isNoLarger(min, paper) && isNoLarger(paper, max)
}

function isNoLarger(one: Size, other: Size): boolean {
  return one.widthMm <= other.widthMm + TOLERANCE_MM && one.heightMm <= other.heightMm + TOLERANCE_MM
}

function isSame(one: Size, other: Size): boolean {
  return isNear(one, other) || isNear({ widthMm: one.heightMm, heightMm: one.widthMm }, other)
}

function isNear(one: Size, other: Size): boolean {
  return (
    Math.abs(one.widthMm - other.widthMm) <= TOLERANCE_MM &&
    Math.abs(one.heightMm - other.heightMm) <= TOLERANCE_MM
  )
}

function hundredths(mm: number): number {
  return Math.round(mm * 100)
}
