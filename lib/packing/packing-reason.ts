import { InvalidError } from '../errors.ts'

/** Code points, after trimming: contracts/cloud-printing.md, section 3, "reprint". */
const REASON_LENGTH_MIN = 3
const REASON_LENGTH_MAX = 1023

/** The reason without the blanks around it. Throws InvalidError about `reason`. */
export function readReason(given: string): string {
  const reason = given.trim()
  // A code point has two code units at most: a longer text is too long, and isn't taken apart.
  const isWithinReach = reason.length <= 2 * REASON_LENGTH_MAX
  const length = isWithinReach ? [...reason].length : reason.length
  if (length >= REASON_LENGTH_MIN && length <= REASON_LENGTH_MAX) return reason
  const message = `reason must have ${REASON_LENGTH_MIN} to ${REASON_LENGTH_MAX} characters`
  throw new InvalidError('reason', 'invalid', message)
}
