import { ThermalError } from './thermal-error.ts'

/** Elements that are evaluated, whether they print or not: an empty list member costs time too. */
const ELEMENTS_MAX = 500_000
/** Counted when they are read and again when they are encoded; far more than the paper holds. */
const CHARACTERS_MAX = 4_194_304
/** Of base64: four times what a message can hold, for a template that prints one picture often. */
const IMAGE_CHARACTERS_MAX = 67_108_864
const PIXELS_MAX = 100_000_000
/** 50 m of paper, a roll, at 8 dots a millimetre: at most 28.8 MB of dots. */
const ROWS_MAX = 400_000

/** What one receipt may cost. Each `spend` throws ThermalError when there is no more. */
export class LayoutBudget {
  #elements = 0
  #characters = 0
  #imageCharacters = 0
  #pixels = 0
  #rows = 0

  spendElement(): void {
    this.#elements += 1
    if (this.#elements > ELEMENTS_MAX)
      throw new ThermalError(`it has more than ${ELEMENTS_MAX} elements to print`)
  }

  spendCharacters(count: number): void {
    this.#characters += count
    if (this.#characters > CHARACTERS_MAX) {
      throw new ThermalError(`it has more than ${CHARACTERS_MAX} characters to print`)
    }
  }

  spendImageCharacters(count: number): void {
    this.#imageCharacters += count
    if (this.#imageCharacters > IMAGE_CHARACTERS_MAX)
      throw new ThermalError('its images are larger than 64 MiB')
  }

  /** That are to be decoded. */
  spendPixels(count: number): void {
    this.#pixels += count
    if (this.#pixels > PIXELS_MAX) throw new ThermalError('its images have more than 100 megapixels together')
  }

  /** Dots along the paper. */
  spendRows(count: number): void {
    this.#rows += count
    if (this.#rows > ROWS_MAX) throw new ThermalError('it is longer than 50 m of paper')
  }
}
