import { InvalidError } from '../errors.ts'
import type { InstructionUsage } from './instruction-store.ts'

/** Of one order, deleted ones aside: contracts/rpc.md, section 8. */
export const INSTRUCTIONS_MAX = 100
const FILE_BYTES_MAX = 104_857_600

/** Throws InvalidError when one more instruction, beside those counted, would be one too many. */
export function assertRoomForInstruction({ instructionCount }: InstructionUsage): void {
  if (instructionCount < INSTRUCTIONS_MAX) return
  throw new InvalidError(
    null,
    'too_large',
    `the order has ${INSTRUCTIONS_MAX} instructions, as many as it takes`,
  )
}

/** `field` is where the file came from. */
export function assertRoomForFile({ fileBytes }: InstructionUsage, sizeBytes: number, field: string): void {
  if (fileBytes + sizeBytes <= FILE_BYTES_MAX) return
  throw new InvalidError(field, 'too_large', 'the order would have more than 100 MiB of files')
}
