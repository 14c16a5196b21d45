/** Templates, read and put in order: contracts/thermal.md, section 5. */
import type { DataPath } from './data-path.ts'
import type { Align, Format } from './text-style.ts'

export const SECTION_TYPES = ['Static', 'Table', 'Repeated'] as const
export const ELEMENT_TYPES = ['Text', 'Line', 'Barcode', 'QR', 'Image'] as const
export type SectionType = (typeof SECTION_TYPES)[number]
export type ElementType = (typeof ELEMENT_TYPES)[number]

export interface Template {
  readonly documentType: string
  /** In the order of printing. */
  readonly sections: readonly Section[]
}

export interface Section {
  readonly type: SectionType
  /** null: there is none, and nothing is printed but Static text. */
  readonly dataSource: DataPath | null
  readonly format: Format
  readonly align: Align
  /** null: the printer's default. */
  readonly lineSpacingDots: number | null
  readonly elements: readonly Element[]
}

/** What a template leaves open is undefined: the section's, the item's or the default. */
export interface Element {
  /** null: prints nothing. */
  readonly type: ElementType | null
  readonly label: string
  readonly source: DataPath | undefined
  readonly staticValue: string | undefined
  readonly format: Format | undefined
  readonly align: Align | undefined
  readonly header: ElementHeader
  readonly widthPercentage: number | undefined
  readonly hidesEmpty: boolean
  readonly media: ElementMedia
}

export interface ElementHeader {
  readonly text: string
  readonly format: Format | undefined
  readonly align: Align | undefined
}

/** Of Barcode, QR and Image elements. */
export interface ElementMedia {
  readonly barcodeType: string | undefined
  /** Dots. */
  readonly height: number | undefined
  /** Dots a module. */
  readonly moduleDots: number | undefined
  readonly hri: boolean | undefined
  readonly columns: number
  readonly qrSize: number | undefined
  readonly widthMm: number | undefined
  readonly nameSource: DataPath | undefined
  readonly priceSource: DataPath | undefined
}
