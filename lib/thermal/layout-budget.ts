import { ThermalError } from './thermal-error.ts'

/** Elements that are evaluated, whether they print or not: an empty list member costs time too. */
const ELEMENTS_MAX = 500_000
const CHARACTERS_MAX = 2_097_152
/** 50 m of paper, a roll, at 8 dots a millimetre: at most 28.8 MB of dots. */
const ROWS_MAX = 400_000

/** What one receipt may cost. Each `spend` throws ThermalError when there is no more. */
export class LayoutBudget {
  #elements = 0
  #characters = 0
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

  /** Dots along the paper. */
  spendRows(count: number): void {
    this.#rows += count
    if (this.#rows > ROWS_MAX) throw new ThermalError('it is longer than 50 m of paper')
  }
}
