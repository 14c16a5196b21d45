import { type DataPath, parseDataPath } from './data-path.ts'
import type { JsonObject, JsonValue } from './json-text.ts'
import { asBoolean, asNumber, asObject, asString, asWithin, member } from './lenient.ts'
import { ELEMENT_TYPES, type Element, type ElementMedia, type ElementType } from './template.ts'
import { parseAlign, parseFormat } from './text-style.ts'

const COLUMNS_MAX = 4

/** A member of the element itself wins over its `Properties` (contracts/thermal.md, section 5). */
type Property = <T>(
  read: (value: JsonValue | undefined) => T | undefined,
  ...names: string[]
) => T | undefined

export function readElement(element: JsonObject): Element {
  const text = (name: string): string | undefined => asString(member(element, name))
  const properties = asObject(member(element, 'Properties')) ?? {}
  const property: Property = (read, ...names) =>
    firstOf([element, properties], (object) => firstOf(names, (name) => read(member(object, name))))
  return {
    type: elementType(text('Type')),
    label: text('Label') ?? '',
    source: elementSource(text('Source'), text('StaticValue')),
    staticValue: text('StaticValue'),
    format: parseFormat(text('Format')),
    align: parseAlign(text('Align')),
    header: {
      text: text('HeaderLabel') || (text('Label') ?? ''),
      format: parseFormat(text('HeaderFormat')),
      align: parseAlign(text('HeaderAlign')),
    },
    widthPercentage: asNumber(member(element, 'WidthPercentage')),
    hidesEmpty: property(asBoolean, 'HideEmpty') ?? false,
    // The element's own `Type` says what kind of element it is.
    media: readMedia(property, asString(member(properties, 'Type'))),
  }
}

function readMedia(property: Property, barcodeType: string | undefined): ElementMedia {
  return {
    barcodeType,
    height: property(asNumber, 'Height'),
    moduleDots: property(asNumber, 'BarWidth', 'Width'),
    hri: property(asBoolean, 'Hri'),
    columns: property((value) => asWithin(value, 1, COLUMNS_MAX), 'Columns') ?? 1,
    qrSize: property(asNumber, 'Size'),
    widthMm: property(asNumber, 'WidthMm'),
    nameSource: property(asPath, 'NameSource'),
    priceSource: property(asPath, 'PriceSource'),
  }
}

/** The empty text is the item at hand, but not where there is a static value: careless writers send all members. */
function elementSource(source: string | undefined, staticValue: string | undefined): DataPath | undefined {
  if (source === undefined) return undefined
  return source.trim() === '' && (staticValue ?? '') !== '' ? undefined : parseDataPath(source)
}

function asPath(value: JsonValue | undefined): DataPath | undefined {
  const text = asString(value) ?? ''
  return text.trim() === '' ? undefined : parseDataPath(text)
}

function firstOf<T, R>(candidates: readonly T[], read: (candidate: T) => R | undefined): R | undefined {
  for (const candidate of candidates) {
    const found = read(candidate)
    if (found !== undefined) return found
  }
  return undefined
}

function elementType(text: string | undefined): ElementType | null {
  const name = (text ?? 'Text').trim().toLowerCase()
  if (name === 'qrcode') return 'QR'
  if (name === '') return 'Text'
  return ELEMENT_TYPES.find((type) => type.toLowerCase() === name) ?? null
}
