/** The pictures of docs/thermal.md are drawn from the examples that stand there, so they show what is printed. */
import { decodeGrey } from '../../lib/rendering/grey-decoding.ts'
import { type JsonObject, parseJson } from '../../lib/thermal/json-text.ts'
import { asObject, member } from '../../lib/thermal/lenient.ts'
import { readMedia } from '../../lib/thermal/media.ts'
import { encodePng } from '../../lib/thermal/png-encoding.ts'
import { blackenDot, createRaster, type Raster } from '../../lib/thermal/raster.ts'
import { renderReceipt } from '../../lib/thermal/receipt.ts'
import { drawItems } from '../../lib/thermal/receipt-drawing.ts'
import { readTemplate } from '../../lib/thermal/template-reading.ts'
import { thermalSettings } from '../../lib/thermal/thermal-settings.ts'

/** The part with the pictures; its first example is the document of all of them. */
const REFERENCE = '## Template reference'
const EXAMPLE = /```json\n(.*?)\n```(?:\n+<img src="images\/([a-z0-9-]+\.png)")?/gs

/**
 * PNGs by file name: one for each example with a picture beneath it. An example is a section of a template, several of
 * them, or members of a message (`Images`, `Barcodes`, `QRs`).
 */
export async function drawThermalPictures(markdown: string): Promise<ReadonlyMap<string, Buffer>> {
  const [given, ...examples] = [...markdown.slice(markdown.indexOf(REFERENCE)).matchAll(EXAMPLE)]
  const document = asObject(parseJson(given?.[1] ?? '')) ?? {}
  const pictures = new Map<string, Buffer>()
  for (const [, text = '', name] of examples) {
    if (name !== undefined) pictures.set(name, await draw(text, document))
  }
  return pictures
}

async function draw(text: string, document: JsonObject): Promise<Buffer> {
  const example = parseJson(text)
  const sections = Array.isArray(example) ? example : [example]
  const message = asObject(example) ?? {}
  const isSection = Array.isArray(example) || member(message, 'Elements') !== undefined
  const settings = thermalSettings()
  const { items } = await renderReceipt({
    template: readTemplate({ DocumentType: 'example', Sections: isSection ? sections : [] }),
    document,
    media: readMedia(isSection ? {} : message),
    settings,
    decodeGrey,
  })
  return encodePng(framed(drawItems(items, settings)))
}

const MARGIN_DOTS = 16

/** Without the white at the end that carries a receipt to the knife, in a frame that shows where the paper ends. */
function framed({ widthBytes, heightDots, bits }: Raster): Raster {
  const marginBytes = MARGIN_DOTS / 8
  const lastDot = bits.findLastIndex((byte) => byte !== 0)
  const rows = Math.min(heightDots, Math.floor(lastDot / widthBytes) + 1)
  const paper = createRaster((widthBytes + 2 * marginBytes) * 8, rows + 2 * MARGIN_DOTS)
  for (let row = 0; row < rows; row += 1) {
    const start = (row + MARGIN_DOTS) * paper.widthBytes + marginBytes
    paper.bits.set(bits.subarray(row * widthBytes, (row + 1) * widthBytes), start)
  }
  const right = paper.widthBytes * 8 - 1
  for (let x = 0; x <= right; x += 1) {
    for (const y of [0, paper.heightDots - 1]) blackenDot(paper, x, y)
  }
  for (let y = 0; y < paper.heightDots; y += 1) {
    for (const x of [0, right]) blackenDot(paper, x, y)
  }
  return paper
}
