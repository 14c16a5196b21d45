/** A receipt as a list of lines, pictures and symbols: the template's sections, then images, barcodes and QR codes. */
import { layoutBarcodeRow } from './barcode-layout.ts'
import { layoutImage } from './image-layout.ts'
import { itemRows } from './item-height.ts'
import type { JsonObject } from './json-text.ts'
import type { LayoutBudget } from './layout-budget.ts'
import { type LayoutContext, layoutContext } from './layout-context.ts'
import type { Media } from './media.ts'
import { LINE_SPACING_DEFAULT_DOTS } from './paper.ts'
import { layoutQr } from './qr-layout.ts'
import type { LayoutItem } from './receipt-item.ts'
import { layoutSection } from './section-layout.ts'
import type { Template } from './template.ts'
import { blaming } from './thermal-error.ts'
import type { ThermalSettings } from './thermal-settings.ts'

export interface LayoutInput {
  readonly template: Template
  readonly document: JsonObject
  readonly media: Media
  readonly settings: ThermalSettings
}

/** Throws ThermalError. Media are looked at first, as contracts/thermal.md, section 2.2, orders the checks. */
export function layoutReceipt(input: LayoutInput, budget: LayoutBudget): readonly LayoutItem[] {
  const context = layoutContext(input.settings, budget)
  const media = layoutMedia(context, input.media)
  const sections = blaming(`Template ${input.template.documentType}`, () =>
    counted(budget, layoutSections(context, input)),
  )
  return [...sections, ...media]
}

function* layoutSections(context: LayoutContext, input: LayoutInput): Generator<LayoutItem> {
  for (const section of input.template.sections) yield* layoutSection(context, section, input.document)
}

function layoutMedia(context: LayoutContext, { images, barcodes, qrs }: Media): readonly LayoutItem[] {
  const { budget } = context
  const each = <T>(name: string, list: readonly T[], layout: (one: T) => readonly LayoutItem[]) =>
    list.flatMap((one, index) => blaming(`${name}[${index}]`, () => counted(budget, layout(one))))
  return [
    ...each('Images', images, (image) => layoutImage(context, image)),
    ...each('Barcodes', barcodes, (barcode) => layoutBarcodeRow(context, [barcode], 1)),
    ...each('QRs', qrs, (qr) => layoutQr(context, qr)),
  ]
}

/** The items, as far as the paper lasts. */
function counted(budget: LayoutBudget, items: Iterable<LayoutItem>): readonly LayoutItem[] {
  const kept: LayoutItem[] = []
  let spacingDots: number = LINE_SPACING_DEFAULT_DOTS
  for (const item of items) {
    if (item.kind === 'line-spacing') spacingDots = item.dots ?? LINE_SPACING_DEFAULT_DOTS
    // The rows of an image are known when it is decoded.
    if (item.kind !== 'image') budget.spend('rows', itemRows(item, spacingDots))
    kept.push(item)
  }
  return kept
}
