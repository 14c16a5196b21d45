/** What a receipt is made of, top to bottom: both its bytes and its picture are made from this list. */
import type { Raster } from './raster.ts'
import type { Align, TextStyle } from './text-style.ts'

/** Characters of one look; the text is encoded, one character a byte and a column (text-encoding.ts). */
export interface TextRun {
  readonly text: string
  readonly style: TextStyle
}

export interface LineItem {
  readonly kind: 'line'
  readonly align: Align
  readonly runs: readonly TextRun[]
  /** Bold and underline off, size 1, font A after it. */
  readonly endsElement: boolean
}

export interface PictureItem {
  readonly kind: 'picture'
  readonly raster: Raster
}

export interface QrItem {
  readonly kind: 'qr'
  readonly align: Align
  readonly data: Uint8Array
  /** Dots a module. */
  readonly size: number
  /** Empty lines above and below: the white that a reader needs. */
  readonly feeds: number
}

/** null: the printer's default. */
export interface LineSpacingItem {
  readonly kind: 'line-spacing'
  readonly dots: number | null
}

export type ReceiptItem = LineItem | PictureItem | QrItem | LineSpacingItem

/** A PNG or JPEG that is still to be decoded. */
export interface ImageItem {
  readonly kind: 'image'
  readonly bytes: Uint8Array
  readonly align: Align
  readonly widthMm: number | undefined
  /** Printed in its place if it can't be decoded. */
  readonly substitute: readonly LineItem[]
}

export type LayoutItem = ReceiptItem | ImageItem
