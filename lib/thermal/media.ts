/** `Images`, `Barcodes` and `QRs` of a message: contracts/thermal.md, sections 2.1 and 6. */
import type { BarcodeRequest } from './barcode-layout.ts'
import type { ImageRequest } from './image-layout.ts'
import type { JsonObject } from './json-text.ts'
import { asBoolean, asList, asNumber, asObject, asString, member } from './lenient.ts'
import type { QrRequest } from './qr-layout.ts'
import { parseAlign } from './text-style.ts'

export interface Media {
  readonly images: readonly ImageRequest[]
  readonly barcodes: readonly BarcodeRequest[]
  readonly qrs: readonly QrRequest[]
}

/** Of a print job, or of the body of a preview. Members of a list that are no objects have no members: they print nothing. */
export function readMedia(message: JsonObject): Media {
  return {
    images: readList(message, 'Images', readImage),
    barcodes: readList(message, 'Barcodes', readBarcode),
    qrs: readList(message, 'QRs', readQr),
  }
}

function readList<T>(message: JsonObject, name: string, read: (object: JsonObject) => T): readonly T[] {
  return (asList(member(message, name)) ?? []).map((value) => read(asObject(value) ?? {}))
}

function readImage(image: JsonObject): ImageRequest {
  return {
    id: asString(member(image, 'Id')) ?? '',
    base64: asString(member(image, 'Base64')) ?? '',
    widthMm: asNumber(member(image, 'WidthMm')),
    align: parseAlign(asString(member(image, 'Align'))) ?? 'center',
  }
}

function readBarcode(barcode: JsonObject): BarcodeRequest {
  return {
    type: asString(member(barcode, 'Type')),
    value: asString(member(barcode, 'Value')) ?? '',
    height: asNumber(member(barcode, 'Height')),
    moduleDots: asNumber(member(barcode, 'Width')),
    hri: asBoolean(member(barcode, 'Hri')),
    name: asString(member(barcode, 'Name')) ?? '',
    price: asString(member(barcode, 'Price')) ?? '',
  }
}

function readQr(qr: JsonObject): QrRequest {
  return {
    value: asString(member(qr, 'Value')) ?? '',
    size: asNumber(member(qr, 'Size')),
    align: parseAlign(asString(member(qr, 'Align'))) ?? 'center',
  }
}
