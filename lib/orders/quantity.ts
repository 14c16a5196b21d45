const DECIMALS = 4
const DECIMAL = /^(\d{1,40})(?:\.(\d{1,40}))?$/
/** 999,999,999.9999 of one item: a thousand such items still fit numeric(18, 4). */
const SCALED_MAX = 10n ** 13n - 1n

/**
 * A number or a numeric string as a quantity with four decimals, rounded half up: `1` is `1.0000`. Undefined for
 * whatever isn't above 0 by then, or is more than 999,999,999.9999.
 */
export function readQuantity(value: unknown): string | undefined {
  if (typeof value !== 'number' && typeof value !== 'string') return undefined
  // What JavaScript writes with an exponent is below 0.000001 or beyond 10^21: no quantity.
  const [, whole, fraction = ''] = DECIMAL.exec(String(value)) ?? []
  if (whole === undefined) return undefined
  const digits = fraction.padEnd(DECIMALS + 1, '0')
  const roundUp = (digits[DECIMALS] as string) >= '5' ? 1n : 0n
  const scaled = BigInt(whole + digits.slice(0, DECIMALS)) + roundUp
  return scaled > 0n && scaled <= SCALED_MAX ? format(scaled) : undefined
}

/** Of quantities with four decimals. */
export function sumQuantities(quantities: readonly string[]): string {
  return format(quantities.reduce((sum, quantity) => sum + BigInt(quantity.replace('.', '')), 0n))
}

function format(scaled: bigint): string {
  const digits = scaled.toString().padStart(DECIMALS + 1, '0')
  return `${digits.slice(0, -DECIMALS)}.${digits.slice(-DECIMALS)}`
}
