import { DomainError } from '../errors.ts'

/** A refusal in the words of contracts/thermal.md, section 2.2: `Barcodes[1]: '123' is not a valid EAN13 value`. */
export class ThermalError extends DomainError {
  override readonly name: string = 'ThermalError'

  constructor(message: string, options?: ErrorOptions) {
    super('invalid', message, { field: null, reason: 'invalid' }, options)
  }
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
