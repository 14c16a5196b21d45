import sharp, { type Sharp } from 'sharp'
import { type Bitmap, type RgbRaster, toDots, toGrey } from './bitmap.ts'

/** Of a page that a printer takes as a picture alone: text stays sharp. */
const JPEG_QUALITY = 92

/** A bitmap in one bit a pixel, a page in its colors. */
export function encodePng(picture: Bitmap | RgbRaster, dpi: number): Promise<Uint8Array> {
  if ('pixels' in picture) return source(picture).withDensity(dpi).png().toBuffer()
  const { widthDots: width, heightDots: height } = picture
  const dots = sharp(toDots(picture), { raw: { width, height, channels: 1 } })
  return dots.toColourspace('b-w').withDensity(dpi).png({ palette: true, colours: 2 }).toBuffer()
}

export function encodeJpeg(
  raster: RgbRaster,
  { dpi, isGrey }: { readonly dpi: number; readonly isGrey: boolean },
): Promise<Uint8Array> {
  const { widthPx: width, heightPx: height } = raster
  const picture = isGrey
    ? sharp(toGrey(raster), { raw: { width, height, channels: 1 } }).toColourspace('b-w')
    : source(raster)
  return picture.withDensity(dpi).jpeg({ quality: JPEG_QUALITY, chromaSubsampling: '4:4:4' }).toBuffer()
}

function source({ widthPx: width, heightPx: height, pixels }: RgbRaster): Sharp {
  return sharp(pixels, { raw: { width, height, channels: 3 } })
}
