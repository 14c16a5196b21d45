import type { LayoutBudget } from './layout-budget.ts'
import { LINE_SPACING_DEFAULT_DOTS, PAPERS, type Paper } from './paper.ts'
import type { LineItem } from './receipt-item.ts'
import { ReceiptSymbols } from './receipt-symbols.ts'
import { cleanText, encodeText } from './text-encoding.ts'
import type { Align, TextStyle } from './text-style.ts'
import type { ThermalSettings } from './thermal-settings.ts'

/** What the layout of one receipt is made for, and what it may cost. */
export interface LayoutContext {
  readonly settings: ThermalSettings
  readonly paper: Paper
  readonly lineSpacingDots: number
  readonly budget: LayoutBudget
  readonly symbols: ReceiptSymbols
}

export function layoutContext(settings: ThermalSettings, budget: LayoutBudget): LayoutContext {
  const paper = PAPERS[settings.paperWidthMm]
  const symbols = new ReceiptSymbols(budget)
  return { settings, paper, lineSpacingDots: LINE_SPACING_DEFAULT_DOTS, budget, symbols }
}

/** Text of a document or template, counted before a character of it is dropped. */
export function readText({ budget }: LayoutContext, text: string): string {
  budget.spend('characters', text.length)
  return cleanText(text)
}

/** Text as the printer's bytes, counted. */
export function encode({ settings, budget }: LayoutContext, text: string): string {
  budget.spend('characters', text.length)
  return encodeText(text, settings.encoding)
}

/** Lines of one look. Made as they are asked for: a text of four million line breaks has fewer on any paper. */
export function* styledLines(texts: readonly string[], style: TextStyle, align: Align): Generator<LineItem> {
  for (const [index, text] of texts.entries()) {
    yield { kind: 'line', align, runs: [{ text, style }], endsElement: index === texts.length - 1 }
  }
}
