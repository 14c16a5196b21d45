/** What came out of the printer, in the order it was printed. */

export type Justification = 'left' | 'centre' | 'right'

export interface TextStyle {
  readonly bold: boolean
  /** Thickness in dots. */
  readonly underline: 0 | 1 | 2
  readonly widthFactor: number
  readonly heightFactor: number
  readonly font: 'A' | 'B'
  readonly inverted: boolean
}

/** Characters of one style that follow each other. */
export interface TextRun {
  readonly text: string
  readonly style: TextStyle
  /** From the left edge of the paper. */
  readonly xDots: number
  readonly widthDots: number
}

interface Placed {
  /** Of the byte that began it. */
  readonly offset: number
  /** Of its top, from the start of the job. */
  readonly yDots: number
}

interface Justified extends Placed {
  readonly justification: Justification
  /** Of its left edge, from that of the paper. */
  readonly xDots: number
}

export interface PrintedLine extends Justified {
  readonly kind: 'line'
  readonly text: string
  readonly runs: readonly TextRun[]
  readonly widthDots: number
  readonly heightDots: number
  /** The line was full: the printer broke it, not the job. */
  readonly isBroken: boolean
}

/** Rows of bits, most significant bit left, 1 is black; the last byte of a row is filled up with white. */
export interface PrintedPicture extends Justified {
  readonly kind: 'picture'
  readonly source: 'raster' | 'columns' | 'graphics'
  readonly widthDots: number
  readonly widthBytes: number
  readonly heightDots: number
  readonly bits: Uint8Array
}

export interface PrintedQr extends Justified {
  readonly kind: 'qr'
  readonly model: 1 | 2
  readonly moduleDots: number
  readonly level: 'L' | 'M' | 'Q' | 'H'
  readonly data: Uint8Array
  readonly modules: number
  readonly sizeDots: number
}

export interface PrintedBarcode extends Justified {
  readonly kind: 'barcode'
  readonly type: string
  /** With the check digit of EAN and UPC-A, which the printer adds if it is missing. */
  readonly value: string
  readonly moduleDots: number
  readonly heightDots: number
  readonly hri: 'none' | 'above' | 'below' | 'both'
  readonly hriFont: 'A' | 'B'
  readonly widthDots: number
}

export interface Feed extends Placed {
  readonly kind: 'feed'
  readonly dots: number
}

export type Event =
  | (Placed & { readonly kind: 'initialise' })
  | (Placed & { readonly kind: 'cut'; readonly isPartial: boolean })
  | (Placed & { readonly kind: 'drawer'; readonly pin: 2 | 5; readonly onMs: number; readonly offMs: number })
  | (Placed & { readonly kind: 'beep'; readonly times: number })
  | (Placed & { readonly kind: 'statusRequest'; readonly bytes: string })

export type Printed = PrintedLine | PrintedPicture | PrintedQr | PrintedBarcode | Feed | Event

/** A command that was understood: its first bytes in hex, such as `1b 61 01`. */
export interface Understood {
  readonly offset: number
  readonly hex: string
}

export interface Paper {
  readonly printed: readonly Printed[]
  /** All but text. */
  readonly commands: readonly Understood[]
  /** The number last given by ESC t. */
  readonly codePage: number
  /** What the next job would begin with. */
  readonly leftOn: { readonly style: TextStyle; readonly spacingDots: number }
  readonly heightDots: number
}
