/** Text and Line elements: contracts/thermal.md, sections 5.1 and 5.2. */
import { find } from './data-path.ts'
import type { JsonValue } from './json-text.ts'
import { encode, type LayoutContext, readText, styledLines } from './layout-context.ts'
import { charactersPerLine } from './paper.ts'
import type { LineItem } from './receipt-item.ts'
import type { Element, Section } from './template.ts'
import type { Align, TextStyle } from './text-style.ts'
import { wrapText } from './text-wrapping.ts'
import { valueText } from './value-text.ts'

/** APM marks copies of an order so, and leaves the mark out on the first print. */
const COPY_LABEL = 'COPY:'
const NOT_A_COPY = 'ORIGINAL'

/** Of an element with this item at hand; line breaks are still in it. */
export function elementValue(
  context: LayoutContext,
  section: Section,
  element: Element,
  item: JsonValue | undefined,
): string {
  const found = element.source ? find(element.source, item) : { value: element.staticValue, name: '' }
  const { isCurrency } = element.format ?? section.format
  return readText(context, valueText(found, context.settings.conventions, isCurrency))
}

export function layoutText(
  context: LayoutContext,
  section: Section,
  element: Element,
  item: JsonValue | undefined,
): Iterable<LineItem> {
  const value = elementValue(context, section, element, item)
  if (value === '' && (element.hidesEmpty || element.label === '')) return []
  if (element.label === COPY_LABEL && value === NOT_A_COPY) return []
  const { style } = element.format ?? section.format
  return wrappedLines(
    context,
    readText(context, element.label) + value,
    style,
    element.align ?? section.align,
  )
}

export function wrappedLines(
  context: LayoutContext,
  text: string,
  style: TextStyle,
  align: Align,
): Iterable<LineItem> {
  return styledLines(wrapParagraphs(context, text, charactersPerLine(context.paper, style)), style, align)
}

/** Encoded lines of at most so many columns. */
export function wrapParagraphs(context: LayoutContext, text: string, columns: number): readonly string[] {
  return text.split('\n').flatMap((paragraph) => wrapText(encode(context, paragraph), columns))
}

export function layoutRule(context: LayoutContext, section: Section, element: Element): Iterable<LineItem> {
  const { style } = element.format ?? section.format
  const dashes = '-'.repeat(charactersPerLine(context.paper, style))
  return styledLines([dashes], style, element.align ?? section.align)
}
