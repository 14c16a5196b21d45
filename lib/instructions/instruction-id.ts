const DIGITS = /^[1-9]\d{0,15}$/

/**
 * An instruction's id as it was written, or null for what names none: signs, leading zeros, exponents, white space, more
 * digits than an id can have. It is an integer on the wire, so it never passes 2^53.
 */
export function parseInstructionId(text: string): number | null {
  const id = DIGITS.test(text) ? Number(text) : 0
  return id > 0 && Number.isSafeInteger(id) ? id : null
}
