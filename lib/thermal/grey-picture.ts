/** What the drawing of images needs of a decoder, which works elsewhere: pictures of strangers are decoded in workers. */

/** Grey from 0, black, to 255, white; rows from the top; transparent dots are white. */
export interface GreyPicture {
  readonly width: number
  readonly height: number
  readonly grey: Uint8Array
}

/** How large a picture is to be: the height follows in proportion. */
export interface PictureScale {
  /** null: one dot a pixel, but no more than the paper has. */
  readonly widthDots: number | null
  readonly maxWidthDots: number
  readonly maxHeightDots: number
}

/** Undefined for bytes that are no picture, a damaged one, or one that would be too high. A rejection is a fault. */
export type DecodeGrey = (bytes: Uint8Array, scale: PictureScale) => Promise<GreyPicture | undefined>
