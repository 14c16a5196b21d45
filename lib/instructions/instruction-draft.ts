import type { CreateOptions } from '../../schemas/instruction-options.ts'
import { DomainError, InvalidError } from '../errors.ts'
import type { PrintTarget } from '../printers/print-target.ts'
import { type FileSource, fileWithoutName, nameWithoutFile, readFileOptions } from './file-options.ts'
import type { Presentation } from './instruction.ts'
import { readNote } from './instruction-note.ts'

/** An instruction to be made, its form checked; null is what wasn't given. */
export interface InstructionDraft {
  readonly note: string
  readonly presentation: Presentation | null
  readonly printTarget: PrintTarget | null
  readonly file: FileSource | null
  /** The text of it: the integer 5 and the string "5" are the same id. */
  readonly externalId: string | null
}

/** `note` is the argument, which comes before `options.note`. Pure; throws InvalidError for what the schema can't see. */
export function readInstructionDraft(
  note: string | null | undefined,
  options: CreateOptions = {},
): InstructionDraft {
  const text = readNote(note, options.note)
  if (text === null) throw new InvalidError('note', 'required', 'note is missing')
  const { name, source } = readFileOptions(options)
  if (source === null && name !== null) throw nameWithoutFile()
  if (source?.kind === 'content' && name === null) throw fileWithoutName()
  return {
    note: text,
    presentation: options.presentation ?? null,
    printTarget: options.print_target ?? null,
    file: source,
    externalId: readExternalId(options.external_id),
  }
}

/** `info.instructions` of order.create: errors name the member as `instructions.<n>.<member>`. */
export function readInstructionDrafts(instructions: readonly CreateOptions[]): InstructionDraft[] {
  return instructions.map((options, index) => {
    try {
      return readInstructionDraft(null, options)
    } catch (error) {
      throw withinInstructions(error, index)
    }
  })
}

/** A refusal of one instruction, as the order's caller has to read it; anything else as it is. */
export function withinInstructions(error: unknown, index: number): unknown {
  if (!(error instanceof DomainError) || error.code !== 'invalid') return error
  const { field = null, reason = 'invalid', ...more } = error.details
  const path = `instructions.${index}`
  if (field === null) return new InvalidError(path, reason, `${path}: ${error.message}`, more)
  const isNamed = error.message.startsWith(String(field))
  const message = isNamed ? `${path}.${error.message}` : `${path}: ${error.message}`
  return new InvalidError(`${path}.${field}`, reason, message, more)
}

/** An integer that JSON.parse has rounded could be another caller's id. */
function readExternalId(value: string | number | null | undefined): string | null {
  if (value === undefined || value === null) return null
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    throw new InvalidError(
      'external_id',
      'invalid',
      'external_id is too large an integer: send it as a string',
    )
  }
  return String(value)
}
