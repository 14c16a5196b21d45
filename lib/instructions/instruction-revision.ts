import type { StoredDocument } from '../documents/document.ts'
import type { PrintTarget } from '../printers/print-target.ts'
import { fileWithoutName, nameWithoutFile } from './file-options.ts'
import type { Instruction } from './instruction.ts'
import type { InstructionChange } from './instruction-change.ts'

/** A stored file in place of the present one. `name` null: the present name stays. */
export interface NewFile {
  readonly name: string | null
  readonly document: StoredDocument
  readonly inferredTarget: PrintTarget
}

export interface Revised {
  /** With its revision raised if the note or the file's bytes are others. */
  readonly instruction: Instruction
  readonly isRevised: boolean
}

type FileState = Pick<
  Instruction,
  'fileName' | 'document' | 'isFileRemoved' | 'printTarget' | 'isPrintTargetInferred'
>

/**
 * Pure: contracts/rpc.md, section 8, "What edit changes". `newFile` belongs to a change whose file is replaced. Throws
 * InvalidError for a name without a file and a file without a name.
 */
export function reviseInstruction(
  current: Instruction,
  change: InstructionChange,
  newFile: NewFile | null,
): Revised {
  const file = reviseFile(current, change, newFile)
  const target =
    change.printTarget === null ? {} : { printTarget: change.printTarget, isPrintTargetInferred: false }
  const next: Instruction = {
    ...current,
    ...file,
    ...target,
    note: change.note ?? current.note,
    presentation: change.presentation ?? current.presentation,
  }
  const isRevised = next.note !== current.note || next.document?.documentId !== current.document?.documentId
  return { instruction: isRevised ? { ...next, revision: current.revision + 1 } : next, isRevised }
}

function reviseFile(
  current: Instruction,
  change: InstructionChange,
  newFile: NewFile | null,
): Partial<FileState> {
  if (newFile !== null) return replaceFile(current, newFile)
  if (change.file.kind === 'remove') return removeFile(current)
  if (change.file.kind !== 'rename') return {}
  if (current.document === null) throw nameWithoutFile()
  return { fileName: change.file.name }
}

function replaceFile(current: Instruction, { name, document, inferredTarget }: NewFile): Partial<FileState> {
  const fileName = name ?? current.fileName
  if (fileName === null) throw fileWithoutName()
  const target = current.isPrintTargetInferred ? { printTarget: inferredTarget } : {}
  return { fileName, document, isFileRemoved: false, ...target }
}

function removeFile(current: Instruction): Partial<FileState> {
  const target = current.isPrintTargetInferred ? { printTarget: null } : {}
  return { fileName: null, document: null, isFileRemoved: false, ...target }
}

/** Whether anything that a caller can see differs. */
export function isSameInstruction(a: Instruction, b: Instruction): boolean {
  return (
    a.revision === b.revision &&
    a.fileName === b.fileName &&
    a.isFileRemoved === b.isFileRemoved &&
    a.presentation === b.presentation &&
    a.printTarget === b.printTarget
  )
}
