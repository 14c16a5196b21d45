/** Table sections: contracts/thermal.md, section 5.3. */
import type { JsonValue } from './json-text.ts'
import { type LayoutContext, readText } from './layout-context.ts'
import type { LineItem, TextRun } from './receipt-item.ts'
import { type Cell, fitCells, sharePercentages } from './table-widths.ts'
import type { Section } from './template.ts'
import { elementValue, wrapParagraphs } from './text-layout.ts'
import type { Align } from './text-style.ts'
import { padding } from './text-wrapping.ts'

interface Column extends Cell {
  readonly align: Align
}

/** The heading row comes first, over an empty list too. */
export function* layoutTable(
  context: LayoutContext,
  section: Section,
  items: readonly JsonValue[],
): Generator<LineItem> {
  const percentages = sharePercentages(section.elements.map(({ widthPercentage }) => widthPercentage))
  yield* layoutHeading(context, section, percentages)
  const columns = bodyColumns(context, section, percentages)
  for (const item of items) {
    const texts = section.elements.map((element) => {
      context.budget.spend('elements')
      return element.type === null ? '' : elementValue(context, section, element, item)
    })
    yield* layoutRow(context, columns, texts)
  }
}

function bodyColumns(
  context: LayoutContext,
  section: Section,
  percentages: readonly number[],
): readonly Column[] {
  const styles = section.elements.map(({ format }) => (format ?? section.format).style)
  return fitCells(styles, percentages, context.paper).map((cell, index) => ({
    ...cell,
    align: section.elements[index]?.align ?? section.align,
  }))
}

function layoutHeading(
  context: LayoutContext,
  section: Section,
  percentages: readonly number[],
): Iterable<LineItem> {
  const styles = section.elements.map(({ header }) => (header.format ?? section.format).style)
  const columns = fitCells(styles, percentages, context.paper).map((cell, index) => {
    const element = section.elements[index]
    return { ...cell, align: element?.header.align ?? element?.align ?? section.align }
  })
  const texts = section.elements.map(({ header }) => readText(context, header.text))
  return layoutRow(context, columns, texts)
}

/**
 * As high as its highest cell; nothing where every cell is empty. Its lines are made as they are asked for: a cell of one
 * character may have millions, and the paper ends before.
 */
function* layoutRow(
  context: LayoutContext,
  columns: readonly Column[],
  texts: readonly string[],
): Generator<LineItem> {
  if (texts.every((text) => text === '')) return
  const cells = columns.map(({ width }, index) => wrapParagraphs(context, texts[index] ?? '', width))
  const height = Math.max(...cells.map((lines) => lines.length))
  for (let row = 0; row < height; row += 1) {
    yield {
      kind: 'line',
      align: 'left',
      runs: columns.flatMap((column, index) => cellRuns(column, cells[index]?.[row] ?? '')),
      endsElement: row === height - 1,
    }
  }
}

/** The blanks of a cell have its size, but no line under them. */
function cellRuns({ style, width, align }: Column, text: string): readonly TextRun[] {
  const [left, right] = padding(text.length, width, align)
  const blank = { ...style, underline: false }
  if (!style.underline) return [{ text: ' '.repeat(left) + text + ' '.repeat(right), style }]
  return [
    { text: ' '.repeat(left), style: blank },
    { text, style },
    { text: ' '.repeat(right), style: blank },
  ].filter((run) => run.text !== '')
}
