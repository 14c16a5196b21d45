/** Sections of a template: contracts/thermal.md, section 5. */
import { find } from './data-path.ts'
import { layoutBarcodes, layoutElement } from './element-layout.ts'
import type { JsonObject, JsonValue } from './json-text.ts'
import type { LayoutContext } from './layout-context.ts'
import type { LayoutItem } from './receipt-item.ts'
import { layoutTable } from './table-layout.ts'
import type { Section } from './template.ts'

export function* layoutSection(
  context: LayoutContext,
  section: Section,
  document: JsonObject,
): Generator<LayoutItem> {
  const { lineSpacingDots } = section
  if (lineSpacingDots === null) {
    yield* layoutContent(context, section, document)
    return
  }
  yield { kind: 'line-spacing', dots: lineSpacingDots }
  yield* layoutContent({ ...context, lineSpacingDots }, section, document)
  yield { kind: 'line-spacing', dots: null }
}

function* layoutContent(
  context: LayoutContext,
  section: Section,
  document: JsonObject,
): Generator<LayoutItem> {
  if (section.type === 'Static') {
    for (const element of section.elements) yield* layoutElement(context, section, element, document)
    return
  }
  const items = sectionItems(section, document)
  if (!items) return
  if (section.type === 'Table') yield* layoutTable(context, section, items)
  else yield* layoutRepeated(context, section, items)
}

/** Undefined where the document has nothing there; an object or scalar is a list of one. */
function sectionItems({ dataSource }: Section, document: JsonObject): readonly JsonValue[] | undefined {
  const value = dataSource ? find(dataSource, document).value : undefined
  if (value === undefined) return undefined
  const list = Array.isArray(value) ? (value as readonly JsonValue[]) : [value]
  return list.filter((item) => item !== null)
}

/** Items whose barcodes share a row are printed together, element by element. */
function* layoutRepeated(
  context: LayoutContext,
  section: Section,
  items: readonly JsonValue[],
): Generator<LayoutItem> {
  const barcodes = section.elements.filter(({ type }) => type === 'Barcode')
  const together = Math.max(1, ...barcodes.map(({ media }) => media.columns))
  for (let start = 0; start < items.length; start += together) {
    const group = items.slice(start, start + together)
    for (const element of section.elements) {
      if (element.type === 'Barcode') {
        context.budget.spend('elements')
        yield* layoutBarcodes(context, section, element, group)
      } else {
        for (const item of group) yield* layoutElement(context, section, element, item)
      }
    }
  }
}
