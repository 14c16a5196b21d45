/** Images of a request or a template: contracts/thermal.md, section 6. */
import type { LayoutContext } from './layout-context.ts'
import { readPictureSize } from './picture-header.ts'
import type { LayoutItem } from './receipt-item.ts'
import { cleanText } from './text-encoding.ts'
import { wrappedLines } from './text-layout.ts'
import { type Align, PLAIN } from './text-style.ts'
import { ThermalError } from './thermal-error.ts'

export interface ImageRequest {
  /** Names a request's image where it can't be decoded. */
  readonly id: string
  readonly base64: string
  readonly widthMm: number | undefined
  readonly align: Align
}

const IMAGE_MAX_PIXELS = 20_000_000
const DATA_PREFIX = /^\s*data:[^,]*,/i

/** An empty image prints nothing. Throws ThermalError for one of more than 20 megapixels. */
export function layoutImage(context: LayoutContext, request: ImageRequest): readonly LayoutItem[] {
  context.budget.spend('imageCharacters', request.base64.length)
  const base64 = request.base64.replace(DATA_PREFIX, '').replace(/\s+/g, '')
  if (base64 === '') return []
  const bytes = Buffer.from(base64, 'base64')
  const name = cleanText(request.id).replaceAll('\n', ' ').trim()
  const words = name === '' ? '[image]' : `[image ${name}]`
  const substitute = [...wrappedLines(context, words, PLAIN, request.align)]
  const size = readPictureSize(bytes)
  if (!size) return substitute
  if (size.widthPixels * size.heightPixels > IMAGE_MAX_PIXELS) {
    throw new ThermalError('it has more than 20 megapixels')
  }
  context.budget.spend('pixels', size.widthPixels * size.heightPixels)
  return [{ kind: 'image', bytes, align: request.align, widthMm: request.widthMm, substitute }]
}
