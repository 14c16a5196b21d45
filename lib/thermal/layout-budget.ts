import { ThermalError } from './thermal-error.ts'

/** What one receipt may cost. */
interface LayoutLimits {
  /** That are evaluated, whether they print or not: an empty list member costs time too. */
  readonly elements: number
  /** Counted when they are read and again when they are encoded. */
  readonly characters: number
  /** Of base64. */
  readonly imageCharacters: number
  /** Of images that are to be decoded. */
  readonly pixels: number
  /** Dots along the paper. */
  readonly rows: number
  /** Of images, that are made black and white. */
  readonly imageRows: number
  /** Of QR codes that differ: what drawing them takes goes with their area. */
  readonly modules: number
  /** That differ. */
  readonly barcodes: number
}

export type LayoutCost = keyof LayoutLimits

/** Of any receipt, wherever it is made; far more than the paper holds. */
const RECEIPT: LayoutLimits = {
  elements: 500_000,
  characters: 4_194_304,
  // Four times what a message can hold, for a template that prints one picture often.
  imageCharacters: 67_108_864,
  pixels: 100_000_000,
  // 50 m of paper, a roll, at 8 dots a millimetre: at most 28.8 MB of dots.
  rows: 400_000,
  imageRows: 400_000,
  // 365 that hold 100 bytes, 15 of the largest: 3 s of a processor.
  modules: 500_000,
  barcodes: 10_000,
}

const REFUSALS: Readonly<Record<LayoutCost, string>> = {
  elements: `it has more than ${RECEIPT.elements} elements to print`,
  characters: `it has more than ${RECEIPT.characters} characters to print`,
  imageCharacters: 'its images are larger than 64 MiB',
  pixels: 'its images have more than 100 megapixels together',
  rows: 'it is longer than 50 m of paper',
  imageRows: 'its images are longer than 50 m of paper',
  modules: `QR codes that differ have more than ${RECEIPT.modules} modules together`,
  barcodes: `it has more than ${RECEIPT.barcodes} barcodes that differ`,
}

/** What the main thread gives to one receipt: a metre of text. Pictures are decoded elsewhere. */
const ON_MAIN_THREAD: LayoutLimits = {
  ...RECEIPT,
  elements: 5_000,
  characters: 32_768,
  imageCharacters: 1_048_576,
  rows: 8_000,
  imageRows: 2_000,
  barcodes: 20,
}
/** Where dots are drawn too: half a metre, and a QR code of 100 bytes. */
const DRAWN_ON_MAIN_THREAD: LayoutLimits = { ...ON_MAIN_THREAD, rows: 4_000, modules: 2_500 }
/** For what no number counts, such as long paths that lead nowhere. An ordinary receipt takes less than one. */
const MAIN_THREAD_MS = 50

/** The receipt may be printed, but is too much work for the main thread. */
export class TooMuchHereError extends Error {
  override readonly name = 'TooMuchHereError'
}

/** What one receipt has cost so far. `spend` throws ThermalError, or TooMuchHereError, when there is no more. */
export class LayoutBudget {
  readonly #limits: LayoutLimits
  readonly #isOnMainThread: boolean
  readonly #spent: Record<LayoutCost, number> = {
    elements: 0,
    characters: 0,
    imageCharacters: 0,
    pixels: 0,
    rows: 0,
    imageRows: 0,
    modules: 0,
    barcodes: 0,
  }
  #endsAt = Number.POSITIVE_INFINITY

  /** Without `here`, all that a receipt may cost. */
  constructor(here?: { readonly isDrawn: boolean }) {
    this.#isOnMainThread = here !== undefined
    this.#limits = here === undefined ? RECEIPT : here.isDrawn ? DRAWN_ON_MAIN_THREAD : ON_MAIN_THREAD
    this.resume()
  }

  spend(cost: LayoutCost, count = 1): void {
    this.#spent[cost] += count
    if (this.#spent[cost] > RECEIPT[cost]) throw new ThermalError(REFUSALS[cost])
    if (!this.#isOnMainThread) return
    if (this.#spent[cost] > this.#limits[cost] || performance.now() > this.#endsAt)
      throw new TooMuchHereError()
  }

  /** The thread had time for others meanwhile. */
  resume(): void {
    if (this.#isOnMainThread) this.#endsAt = performance.now() + MAIN_THREAD_MS
  }
}
