/** One element of a Static or Repeated section, with the item at hand. */

import { type BarcodeRequest, layoutBarcodeRow } from './barcode-layout.ts'
import { type DataPath, type Found, find } from './data-path.ts'
import { layoutImage } from './image-layout.ts'
import type { JsonObject, JsonValue } from './json-text.ts'
import { type LayoutContext, readText } from './layout-context.ts'
import { asBoolean, asNumber, asObject, asString, member } from './lenient.ts'
import { layoutQr } from './qr-layout.ts'
import type { LayoutItem } from './receipt-item.ts'
import type { Element, Section } from './template.ts'
import { layoutRule, layoutText } from './text-layout.ts'
import { valueText } from './value-text.ts'

const LEADING_SPACES = /^[^\S\r\n]+/

/** Barcodes of several items share a row: see `layoutBarcodes`. */
export function layoutElement(
  context: LayoutContext,
  section: Section,
  element: Element,
  item: JsonValue | undefined,
): Iterable<LayoutItem> {
  context.budget.spend('elements')
  const align = element.align ?? section.align
  switch (element.type) {
    case 'Text':
      return layoutText(context, section, element, item)
    case 'Line':
      return layoutRule(context, section, element)
    case 'QR':
      return layoutQr(context, { value: rawValue(element, item), size: element.media.qrSize, align })
    case 'Image': {
      const base64 = rawValue(element, item)
      return layoutImage(context, { id: '', base64, widthMm: element.media.widthMm, align })
    }
    case 'Barcode':
      return layoutBarcodes(context, section, element, [item])
    case null:
      return []
  }
}

/** As many rows as it takes for the items to stand `Columns` to the paper. */
export function layoutBarcodes(
  context: LayoutContext,
  section: Section,
  element: Element,
  items: readonly (JsonValue | undefined)[],
): readonly LayoutItem[] {
  const columns = section.type === 'Repeated' ? element.media.columns : 1
  const requests = items.map((item) => barcodeRequest(context, section, element, item))
  const rows: LayoutItem[] = []
  for (let start = 0; start < requests.length; start += columns) {
    rows.push(...layoutBarcodeRow(context, requests.slice(start, start + columns), columns))
  }
  return rows
}

function barcodeRequest(
  context: LayoutContext,
  section: Section,
  element: Element,
  item: JsonValue | undefined,
): BarcodeRequest {
  // A Document has a Type, a Name or a Price of its own, which are not those of a barcode on it.
  const own: JsonObject = section.type === 'Static' ? {} : (asObject(item) ?? {})
  const { media } = element
  const { isCurrency } = element.format ?? section.format
  const { conventions } = context.settings
  const text = (found: Found, isAmount: boolean): string =>
    readText(context, valueText(found, conventions, isAmount))
  return {
    type: media.barcodeType ?? asString(member(own, 'Type')),
    value: rawValue(element, item),
    height: media.height ?? asNumber(member(own, 'Height')),
    moduleDots: media.moduleDots ?? asNumber(member(own, 'Width')) ?? asNumber(member(own, 'BarWidth')),
    hri: media.hri ?? asBoolean(member(own, 'Hri')),
    name: text(textSource(media.nameSource, item, own, 'Name'), false),
    price: text(textSource(media.priceSource, item, own, 'Price'), isCurrency),
  }
}

function textSource(
  path: DataPath | undefined,
  item: JsonValue | undefined,
  own: JsonObject,
  name: string,
): Found {
  return path ? find(path, item) : { value: member(own, name), name }
}

/** Symbols and pictures take a value as it was written: no date, no currency, no dropped characters. */
function rawValue(element: Element, item: JsonValue | undefined): string {
  const value = element.source ? find(element.source, item).value : element.staticValue
  return (asString(value) ?? '').replace(LEADING_SPACES, '')
}
