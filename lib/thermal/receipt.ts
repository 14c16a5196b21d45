/** Receipts: a document through its template to ESC/POS, and to a picture of the same dots. contracts/thermal.md. */
import { writeReceipt } from './escpos-writer.ts'
import type { DecodeGrey } from './grey-picture.ts'
import { drawImages } from './image-drawing.ts'
import { LayoutBudget } from './layout-budget.ts'
import { PAPERS } from './paper.ts'
import { encodePng } from './png-encoding.ts'
import { drawItems } from './receipt-drawing.ts'
import type { ReceiptItem } from './receipt-item.ts'
import { type LayoutInput, layoutReceipt } from './receipt-layout.ts'
import type { ThermalSettings } from './thermal-settings.ts'

export interface ReceiptInput extends LayoutInput {
  readonly decodeGrey: DecodeGrey
  /** Of the thread that it is made in; absent, a receipt's own limits. */
  readonly budget?: LayoutBudget
}

export interface Receipt {
  /** The whole job, from `1B 40` to the cut. */
  readonly bytes: Buffer
  /** What the bytes were made from. */
  readonly items: readonly ReceiptItem[]
}

/** Throws ThermalError, in the words of section 2.2, for media or a template that can't be printed. */
export async function renderReceipt(input: ReceiptInput): Promise<Receipt> {
  const { budget = new LayoutBudget(), decodeGrey } = input
  const layout = layoutReceipt(input, budget)
  const paperDots = PAPERS[input.settings.paperWidthMm].widthDots
  const items = await drawImages(layout, { paperDots, budget, decodeGrey })
  return { bytes: writeReceipt(items, input.settings), items }
}

/** A PNG in black and white, 576 or 384 dots wide. */
export function drawReceipt(items: readonly ReceiptItem[], settings: ThermalSettings): Promise<Buffer> {
  return encodePng(drawItems(items, settings))
}
