import { openPicture, pictureSize, refusing } from './picture.ts'
import type { DocumentType, Inspection } from './rendering.ts'

/**
 * Decodes the whole picture without holding it: rows are read from the top, and only the last pixel is asked for.
 * It is printed at the size of its target's paper (contracts/rpc.md, section 8), so its own size at the target's
 * resolution has no limit but its pixels.
 */
export async function inspectPicture(bytes: Uint8Array, mediaType: DocumentType): Promise<Inspection> {
  const picture = await openPicture(bytes)
  const { widthPx, heightPx } = picture.stored
  const lastPixel = { left: widthPx - 1, top: heightPx - 1, width: 1, height: 1 }
  await refusing(picture.source.extract(lastPixel).raw().toBuffer())
  return { mediaType, pageCount: 1, firstPage: pictureSize(picture), isEncrypted: false }
}
