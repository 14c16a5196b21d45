/** Which values a type of barcode takes: contracts/thermal.md, section 6. */
import { checkDigit, expandUpcE } from './check-digit.ts'
import { quoted, ThermalError } from './thermal-error.ts'

export const BARCODE_TYPES = [
  'CODE128',
  'EAN13',
  'EAN8',
  'UPCA',
  'UPCE',
  'CODE39',
  'CODE93',
  'ITF',
  'CODABAR',
] as const
export type BarcodeType = (typeof BARCODE_TYPES)[number]

const TYPE_DEFAULT: BarcodeType = 'CODE128'
/** Any character the type lacks makes a value no value of it; lengths are those without a check digit, or with it. */
const VALUES: Readonly<Record<BarcodeType, RegExp>> = {
  CODE128: /^[\x20-\x7e\u00a0-\u00ff]+$/,
  EAN13: /^\d{12,13}$/,
  EAN8: /^\d{7,8}$/,
  UPCA: /^\d{11,12}$/,
  // Six digits are of number system 0.
  UPCE: /^(\d{6}|[01]\d{6,7})$/,
  CODE39: /^[0-9A-Z .$/+%-]+$/,
  CODE93: /^[0-9A-Z .$/+%-]+$/,
  ITF: /^(\d\d)+$/,
  CODABAR: /^[A-Da-d][0-9$:/.+-]+[A-Da-d]$/,
}

/** Digits of the value before its check digit. */
const CHECKED_DIGITS: Partial<Record<BarcodeType, number>> = { EAN13: 12, EAN8: 7, UPCA: 11, UPCE: 7 }

/** Throws ThermalError for a type that is unknown; the empty text is CODE128. */
export function parseBarcodeType(text: string | undefined): BarcodeType {
  const name = (text ?? '').replace(/[-_ ]/g, '').toUpperCase()
  if (name === '') return TYPE_DEFAULT
  const type = BARCODE_TYPES.find((known) => known === name)
  if (type === undefined) throw new ThermalError(`'${quoted(text ?? '')}' is not a known barcode type`)
  return type
}

/** With its check digit. Throws ThermalError, `'123' is not a valid EAN13 value`. */
export function completeValue(type: BarcodeType, value: string): string {
  if (!VALUES[type].test(value)) throw invalidValue(type, value)
  const length = CHECKED_DIGITS[type]
  if (length === undefined) return value
  const full = type === 'UPCE' && value.length < length ? `0${value}` : value
  const digits = full.slice(0, length)
  const complete = digits + checkDigit(type === 'UPCE' ? expandUpcE(digits) : digits)
  if (full.length > length && full !== complete) throw invalidValue(type, value)
  return complete
}

function invalidValue(type: BarcodeType, value: string): ThermalError {
  return new ThermalError(`'${quoted(value)}' is not a valid ${type} value`)
}
