import { CHARACTER_DOTS } from './paper.ts'
import { qrModules } from './qr-layout.ts'
import type { LineItem, ReceiptItem } from './receipt-item.ts'

/**
 * Dots along the paper. Of a QR code the most that it may take, in byte mode; printers, and the picture of a receipt, find
 * denser modes for digits and capitals: `modules` is the side of the symbol where it is known.
 */
export function itemRows(item: ReceiptItem, lineSpacingDots: number, modules?: number): number {
  switch (item.kind) {
    case 'line':
      return Math.max(lineSpacingDots, lineHeight(item))
    case 'picture':
      return item.raster.heightDots
    case 'qr':
      return (modules ?? qrModules(item.data.length)) * item.size + 2 * item.feeds * lineSpacingDots
    case 'line-spacing':
      return 0
  }
}

/** Of the highest character; 0 for an empty line. */
export function lineHeight({ runs }: LineItem): number {
  const heights = runs
    .filter(({ text }) => text !== '')
    .map(({ style }) => CHARACTER_DOTS[style.font].height * style.height)
  return Math.max(0, ...heights)
}
