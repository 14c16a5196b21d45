import type { PageSettings } from '../../lib/rendering/page-plan.ts'

/** 4x6 in, as most label printers have it. */
export const STOCK = { widthPt: 288, heightPt: 432 }

/** A job without wishes of its own, on that stock. */
export const ON_STOCK: PageSettings = {
  pagesToPrint: null,
  reverseOrder: false,
  copies: 1,
  isDoubleSided: false,
  paper: STOCK,
  paperKind: 'asked',
  isLabelStock: true,
  orientation: 'portrait',
  scaling: null,
}
