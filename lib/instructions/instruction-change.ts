import type { EditOptions } from '../../schemas/instruction-options.ts'
import type { PrintTarget } from '../printers/print-target.ts'
import { type FileSource, readFileOptions } from './file-options.ts'
import type { Presentation } from './instruction.ts'
import { readNote } from './instruction-note.ts'

/** What an edit asks for, its form checked; null is what stays as it is. */
export interface InstructionChange {
  readonly note: string | null
  readonly presentation: Presentation | null
  readonly printTarget: PrintTarget | null
  readonly file: FileChange
}

type FileChange =
  | { readonly kind: 'keep' }
  | { readonly kind: 'rename'; readonly name: string }
  | { readonly kind: 'remove' }
  | { readonly kind: 'replace'; readonly source: FileSource }

/** Pure: contracts/rpc.md, section 8, "What edit changes". Throws InvalidError for what the schema can't see. */
export function readInstructionChange(
  note: string | null | undefined,
  options: EditOptions = {},
): InstructionChange {
  return {
    note: readNote(note, options.note),
    presentation: options.presentation ?? null,
    printTarget: options.print_target ?? null,
    file: readFileChange(options),
  }
}

function readFileChange(options: EditOptions): FileChange {
  const { name, source } = readFileOptions(options)
  if (source !== null) return { kind: 'replace', source }
  // Null removes where both say so; alone, or as "", it is what an entity without a file looks like.
  if (options.file_content === null && options.file_name === null) return { kind: 'remove' }
  return name === null ? { kind: 'keep' } : { kind: 'rename', name }
}
