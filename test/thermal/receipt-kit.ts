/** Receipts for tests: a template in a few words, a document as the text of a message. */
import sharp from 'sharp'
import type { DecodeGrey, GreyPicture, PictureScale } from '../../lib/thermal/grey-picture.ts'
import { type JsonObject, parseJson } from '../../lib/thermal/json-text.ts'
import { asObject } from '../../lib/thermal/lenient.ts'
import { readMedia } from '../../lib/thermal/media.ts'
import { type Receipt, renderReceipt } from '../../lib/thermal/receipt.ts'
import { readTemplate } from '../../lib/thermal/template-reading.ts'
import { type ThermalConfiguration, thermalSettings } from '../../lib/thermal/thermal-settings.ts'
import type { Printed } from '../helpers/escpos-interpreter/paper.ts'
import { type PrintedJob, readJob } from '../helpers/thermal-job.ts'

export interface Printing {
  /** Sections of the template. */
  readonly sections?: readonly JsonObject[]
  readonly template?: JsonObject
  /** JSON text, so that its numbers are those of a message. */
  readonly document?: string
  /** `Images`, `Barcodes`, `QRs`. */
  readonly media?: string
  readonly settings?: ThermalConfiguration
}

export function jsonObject(text: string): JsonObject {
  const object = asObject(parseJson(text))
  if (!object) throw new Error('not a JSON object')
  return object
}

export function render(printing: Printing): Promise<Receipt> {
  const template = printing.template ?? { DocumentType: 'x', Sections: printing.sections ?? [] }
  return renderReceipt({
    template: readTemplate(template),
    document: jsonObject(printing.document ?? '{}'),
    media: readMedia(jsonObject(printing.media ?? '{}')),
    settings: thermalSettings(printing.settings),
    decodeGrey,
  })
}

/** The bytes between the start and the end, in which every text is readable. */
export async function printedBytes(printing: Printing): Promise<string> {
  const { bytes } = await render(printing)
  return bytes.subarray(13, -6).toString('latin1')
}

/** What a printer makes of the bytes. */
export async function printedJob(printing: Printing): Promise<PrintedJob> {
  return readJob((await render(printing)).bytes, printing.settings)
}

export async function printedLines(printing: Printing): Promise<readonly string[]> {
  return (await printedJob(printing)).lines
}

export async function printedItems(printing: Printing): Promise<readonly Printed[]> {
  return (await printedJob(printing)).items
}

/** The message of what `render` is refused with. */
export async function refusal(printing: Printing): Promise<string> {
  try {
    await render(printing)
  } catch (error) {
    return error instanceof Error ? `${error.name} ${error.message}` : String(error)
  }
  return 'it was printed'
}

/** One Text element, as most tests need it. */
export function textOf(element: JsonObject, section: JsonObject = {}): JsonObject[] {
  return [{ ...section, Elements: [element] }]
}

export const decodeGrey: DecodeGrey = async (bytes, scale) => {
  try {
    return await decoded(bytes, scale)
  } catch {
    return undefined
  }
}

async function decoded(bytes: Uint8Array, scale: PictureScale): Promise<GreyPicture | undefined> {
  const source = sharp(bytes, { failOn: 'error' })
  const { width, height } = (await source.metadata()).autoOrient
  const wanted = Math.min(scale.widthDots ?? width, scale.maxWidthDots)
  const high = Math.max(1, Math.round((height * wanted) / width))
  if (high > scale.maxHeightDots) return undefined
  const { data, info } = await source
    .autoOrient()
    .flatten({ background: '#ffffff' })
    .resize(wanted, high, { fit: 'fill' })
    .toColourspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, grey: data }
}

/** A PNG of one colour. */
export function aPicture(
  width: number,
  height: number,
  background: string,
  type: 'png' | 'jpeg' = 'png',
): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background } })
    .toFormat(type)
    .toBuffer()
}
