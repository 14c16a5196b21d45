import sharp from 'sharp'
import { RASTER_MAX_PIXELS } from './document-limits.ts'
import type { GreyPixels, GreyScale } from './rendering.ts'

const WHITE = '#ffffff'

/** Undefined for what is no picture, is damaged, or would be too high. Turned as EXIF says, white for transparency. */
export async function decodeGrey(bytes: Uint8Array, scale: GreyScale): Promise<GreyPixels | undefined> {
  try {
    return await decoded(bytes, scale)
  } catch {
    // The library tells in words alone what is wrong, and all of it is the picture's fault.
    return undefined
  }
}

async function decoded(
  bytes: Uint8Array,
  { widthDots, maxWidthDots, maxHeightDots }: GreyScale,
): Promise<GreyPixels | undefined> {
  const source = sharp(bytes, { failOn: 'error', limitInputPixels: RASTER_MAX_PIXELS })
  const { width, height } = (await source.metadata()).autoOrient
  const wanted = Math.min(widthDots ?? width, maxWidthDots)
  const high = Math.max(1, Math.round((height * wanted) / width))
  if (high > maxHeightDots) return undefined
  const { data, info } = await source
    .autoOrient()
    .flatten({ background: WHITE })
    .resize(wanted, high, { fit: 'fill' })
    .toColourspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, grey: data }
}
