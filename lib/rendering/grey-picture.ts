export interface GreyPicture {
  readonly widthPx: number
  readonly heightPx: number
  /** A byte a pixel, 0 is black. */
  readonly grey: Uint8Array
}

/** A part of a picture, in pixels; right and bottom are the first that don't belong to it. */
export interface Region {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** Pure. */
export function cutOut({ widthPx, grey }: GreyPicture, { left, top, right, bottom }: Region): GreyPicture {
  const width = right - left
  const part = new Uint8Array(width * (bottom - top))
  for (let y = top; y < bottom; y += 1) {
    part.set(grey.subarray(y * widthPx + left, y * widthPx + right), (y - top) * width)
  }
  return { widthPx: width, heightPx: bottom - top, grey: part }
}

export function doMeet(a: Region, b: Region): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
}

/** One row of so many. Pure. */
export function thinned({ widthPx, heightPx, grey }: GreyPicture, step: number): GreyPicture {
  const rows = Math.ceil(heightPx / step)
  const part = new Uint8Array(widthPx * rows)
  for (let row = 0; row < rows; row += 1) {
    part.set(grey.subarray(row * step * widthPx, (row * step + 1) * widthPx), row * widthPx)
  }
  return { widthPx, heightPx: rows, grey: part }
}

/** One column of so many, each as a row, the last one first: turned to the left. Pure. */
export function turnedAndThinned({ widthPx, heightPx, grey }: GreyPicture, step: number): GreyPicture {
  const rows = Math.ceil(widthPx / step)
  const part = new Uint8Array(heightPx * rows)
  for (let row = 0; row < rows; row += 1) {
    for (let at = 0, from = widthPx - 1 - row * step; at < heightPx; at += 1, from += widthPx) {
      part[row * heightPx + at] = grey[from] as number
    }
  }
  return { widthPx: heightPx, heightPx: rows, grey: part }
}
