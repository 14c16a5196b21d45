import { InvalidError } from '../errors.ts'

/** In code points: contracts/rpc.md, section 8. */
export const NOTE_LENGTH_MAX = 4096

const NOT_WHITE_SPACE = /[^\s\p{White_Space}]/u

/** The note that counts, `options.note` where the argument is absent; null if neither is there. Throws InvalidError. */
export function readNote(
  argument: string | null | undefined,
  option: string | null | undefined,
): string | null {
  const note = argument ?? option ?? null
  if (note !== null && !NOT_WHITE_SPACE.test(note)) {
    throw new InvalidError('note', 'invalid', 'note must have something but white space in it')
  }
  return note
}
