/** Floyd and Steinberg's error diffusion, from left to right, in whole numbers: the same dots on every machine. */
import type { GreyPicture } from './grey-picture.ts'
import { blackenDot, type Raster } from './raster.ts'

const WHITE = 255
const THRESHOLD = 128
/** Shares of the error, in sixteenths. */
const SHARES = { right: 7, belowLeft: 3, below: 5, belowRight: 1 } as const
const SHARES_TOTAL = 16

export function ditherRows({ width, height, grey }: GreyPicture, raster: Raster, left: number): void {
  // Errors for this row and the next, one place wider at each end so that no edge is a special case.
  let current = new Int32Array(width + 2)
  let next = new Int32Array(width + 2)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const level = (grey[y * width + x] ?? WHITE) + Math.trunc((current[x + 1] ?? 0) / SHARES_TOTAL)
      const isBlack = level < THRESHOLD
      if (isBlack) blackenDot(raster, left + x, y)
      spreadError(isBlack ? level : level - WHITE, x + 1, current, next)
    }
    current = next
    next = new Int32Array(width + 2)
  }
}

function spreadError(error: number, at: number, current: Int32Array, next: Int32Array): void {
  add(current, at + 1, error * SHARES.right)
  add(next, at - 1, error * SHARES.belowLeft)
  add(next, at, error * SHARES.below)
  add(next, at + 1, error * SHARES.belowRight)
}

function add(errors: Int32Array, at: number, amount: number): void {
  errors[at] = (errors[at] ?? 0) + amount
}
