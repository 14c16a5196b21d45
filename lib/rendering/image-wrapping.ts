import { deflateSync } from 'node:zlib'
import {
  concatTransformationMatrix,
  drawObject,
  PDFDocument,
  PDFName,
  popGraphicsState,
  pushGraphicsState,
} from 'pdf-lib'
import type { Sharp } from 'sharp'
import { documentType } from './document-type.ts'
import { openPicture, type Picture, pictureSize, refusing } from './picture.ts'
import { type PageSize, UnreadableError } from './rendering.ts'

/** Of a JPEG that has to be encoded again: differences are below what paper shows. */
const JPEG_QUALITY = 95

/** Pixels as seen; an image XObject of ISO 32000-1, 8.9.5. */
interface ImageStream {
  readonly bytes: Uint8Array
  readonly filter: 'DCTDecode' | 'FlateDecode'
}

/** Nothing in the file depends on the clock or on chance: the same picture gives the same bytes, so it is stored once. */
export async function wrapImage(bytes: Uint8Array, page: PageSize): Promise<Uint8Array> {
  const mediaType = await documentType(bytes)
  if (mediaType === 'application/pdf') throw new UnreadableError('wrong_type', 'the document is not an image')
  const picture = await openPicture(bytes)
  const image = mediaType === 'image/jpeg' ? await jpegStream(bytes, picture) : await flateStream(picture)
  return pageWith(image, picture, page)
}

/** The bytes as they are, unless they need turning or hold colours (CMYK) that readers disagree about. */
async function jpegStream(bytes: Uint8Array, picture: Picture): Promise<ImageStream> {
  if (picture.isUpright && picture.colors !== 'other') return { bytes, filter: 'DCTDecode' }
  const encoding = normalized(picture).jpeg({ quality: JPEG_QUALITY, chromaSubsampling: '4:4:4' }).toBuffer()
  return { bytes: await refusing(encoding), filter: 'DCTDecode' }
}

/** 8 bits per sample, white under what is transparent, whatever the PNG holds. */
async function flateStream(picture: Picture): Promise<ImageStream> {
  const pixels = normalized(picture).flatten({ background: 'white' }).raw({ depth: 'uchar' }).toBuffer()
  return { bytes: deflateSync(await refusing(pixels)), filter: 'FlateDecode' }
}

function normalized({ source, colors }: Picture): Sharp {
  return source.autoOrient().toColourspace(colors === 'gray' ? 'b-w' : 'srgb')
}

async function pageWith(image: ImageStream, picture: Picture, page: PageSize): Promise<Uint8Array> {
  const document = await PDFDocument.create({ updateMetadata: false })
  const sheet = document.addPage([page.widthPt, page.heightPt])
  const stream = document.context.stream(image.bytes, {
    Type: 'XObject',
    Subtype: 'Image',
    Width: picture.seen.widthPx,
    Height: picture.seen.heightPx,
    ColorSpace: picture.colors === 'gray' ? 'DeviceGray' : 'DeviceRGB',
    BitsPerComponent: 8,
    Filter: image.filter,
  })
  sheet.node.setXObject(PDFName.of('Picture'), document.context.register(stream))
  const { left, bottom, width, height } = placement(picture, page)
  sheet.pushOperators(
    pushGraphicsState(),
    concatTransformationMatrix(width, 0, 0, height, left, bottom),
    drawObject('Picture'),
    popGraphicsState(),
  )
  return document.save({ useObjectStreams: false })
}

/**
 * In points. A picture that isn't shrunk is moved by less than one of its pixels to lie on the page's own grid of them,
 * counted from the top left: between two dots of a print head every bar of a barcode would be smeared over both.
 */
function placement(picture: Picture, page: PageSize) {
  const natural = pictureSize(picture)
  const scale = Math.min(1, page.widthPt / natural.widthPt, page.heightPt / natural.heightPt)
  const width = natural.widthPt * scale
  const height = natural.heightPt * scale
  const pixelPt = width / picture.seen.widthPx
  const left = wholeSteps((page.widthPt - width) / 2, pixelPt)
  const top = wholeSteps((page.heightPt - height) / 2, pixelPt)
  return { left, bottom: page.heightPt - height - top, width, height }
}

function wholeSteps(distance: number, step: number): number {
  // A hair more, for a quotient that is whole but for its last binary digit.
  return Math.floor(distance / step + 1e-6) * step
}
