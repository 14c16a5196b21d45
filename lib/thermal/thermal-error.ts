import { DomainError } from '../errors.ts'

/** A refusal in the words of contracts/thermal.md, section 2.2: `Barcodes[1]: '123' is not a valid EAN13 value`. */
export class ThermalError extends DomainError {
  override readonly name: string = 'ThermalError'

  constructor(message: string, options?: ErrorOptions) {
    super('invalid', message, { field: null, reason: 'invalid' }, options)
  }
}

/** A value may be a whole document by mistake. */
const QUOTED_MAX = 80

/** A value for a message, cut where it is long. */
export function quoted(text: string): string {
  return text.length <= QUOTED_MAX ? text : `${text.slice(0, QUOTED_MAX)}...`
}

/** Says what a refusal is about: `Barcodes[1]`, `Template comanda`. Other errors pass unchanged. */
export function blaming<T>(subject: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    if (!(error instanceof ThermalError)) throw error
    throw new ThermalError(`${subject}: ${error.message}`, { cause: error })
  }
}
