import type { Cut } from '../thermal/thermal-settings.ts'
import type { PageSettings } from './page-plan.ts'
import type { PageRasterFormat } from './page-raster.ts'
import type { SheetBack } from './sheet-back.ts'
import type { PageSize } from './rendering.ts'
import type { ZplGraphics } from './zpl-graphic.ts'

/** A document for one kind of printer; what crosses to a worker. */
export interface PageRequest {
  /** PDF, PNG or JPEG. */
  readonly bytes: Uint8Array
  readonly settings: PageSettings
  /** The page that a picture is put on; of a roll only the width counts. */
  readonly imagePage: PageSize
}

export interface RasterRequest extends PageRequest {
  readonly dpi: number
}

/** In the language of a printer that takes no PDF. */
export interface PrintRequest extends RasterRequest {
  readonly language: PrintLanguage
}

export type PrintLanguage =
  | { readonly kind: 'zpl'; readonly graphics: ZplGraphics; readonly copies: number }
  | { readonly kind: 'escpos'; readonly cut: Cut }
  | ({ readonly kind: 'pwg'; readonly sheetBack: SheetBack } & Pick<PageRasterFormat, 'color' | 'sides'>)
  | ({ readonly kind: 'urf'; readonly color: 'sgray_8' | 'srgb_8'; readonly sheetBack: SheetBack } & Pick<
      PageRasterFormat,
      'sides'
    >)
  | { readonly kind: 'jpeg'; readonly color: 'sgray_8' | 'srgb_8' }

export interface PrintableDocument {
  readonly bytes: Uint8Array
  readonly pageCount: number
  /** `keyword: text`, for the job. */
  readonly warnings: readonly string[]
}

/** One sheet as PNG. */
export interface SheetRequest extends RasterRequest {
  /** From 1, in the order of printing. */
  readonly sheet: number
  /** The very dots of a thermal head, instead of the page's colors. */
  readonly isBlackAndWhite: boolean
}
