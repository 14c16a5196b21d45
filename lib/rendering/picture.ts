import sharp, { type Metadata, type Sharp } from 'sharp'
import { RASTER_MAX_PIXELS, type RasterSize } from './document-limits.ts'
import { type PageSize, UnreadableError } from './rendering.ts'

/** contracts/rpc.md, section 8: a density outside of this is a screen's or a mistake, and 300 dpi is taken instead. */
const DENSITY_MIN_DPI = 150
const DENSITY_MAX_DPI = 1200
const DENSITY_DEFAULT_DPI = 300
const POINTS_PER_INCH = 72

/** EXIF: the first row is at the top, the first column at the left. */
const UPRIGHT = 1

export interface Picture {
  readonly source: Sharp
  readonly isUpright: boolean
  readonly colors: 'gray' | 'rgb' | 'other'
  /** Pixels as they are stored, before they are turned as EXIF says. */
  readonly stored: RasterSize
  readonly seen: RasterSize
  /** The picture's own density, or the one that is taken for it. */
  readonly dpi: number
}

/** Reads the head of a PNG or JPEG; no pixel is decoded before their number is known. */
export async function openPicture(bytes: Uint8Array): Promise<Picture> {
  // Errors and truncation are refused. Warnings are not: cameras that pad their segments would fail.
  const source = sharp(bytes, { failOn: 'error', limitInputPixels: RASTER_MAX_PIXELS, sequentialRead: true })
  const metadata = await refusing(source.clone().metadata())
  const seen = metadata.autoOrient
  return {
    source,
    isUpright: (metadata.orientation ?? UPRIGHT) === UPRIGHT,
    colors: colors(metadata.space),
    stored: { widthPx: metadata.width, heightPx: metadata.height },
    seen: { widthPx: seen.width, heightPx: seen.height },
    dpi: density(metadata),
  }
}

/** As seen, at the picture's own density. */
export function pictureSize({ seen, dpi }: Picture): PageSize {
  return {
    widthPt: (seen.widthPx * POINTS_PER_INCH) / dpi,
    heightPt: (seen.heightPx * POINTS_PER_INCH) / dpi,
  }
}

/** The library's errors as refusals: it names them in words alone. */
export async function refusing<T>(decoding: Promise<T>): Promise<T> {
  try {
    return await decoding
  } catch (error) {
    if (String(error).includes('exceeds pixel limit')) {
      throw new UnreadableError('too_large', 'the image has more than 64 megapixels', { cause: error })
    }
    throw new UnreadableError('unreadable', 'the image is damaged', { cause: error })
  }
}

function density({ density: dpi }: Metadata): number {
  const isPlausible = dpi !== undefined && dpi >= DENSITY_MIN_DPI && dpi <= DENSITY_MAX_DPI
  return isPlausible ? dpi : DENSITY_DEFAULT_DPI
}

function colors(space: string): Picture['colors'] {
  if (space === 'b-w' || space === 'grey16') return 'gray'
  return space === 'srgb' || space === 'rgb16' ? 'rgb' : 'other'
}
