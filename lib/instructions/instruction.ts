import type { StoredDocument } from '../documents/document.ts'
import type { PrintTarget } from '../printers/print-target.ts'

export const PRESENTATIONS = ['once_per_order', 'once_per_shipment', 'once_per_package'] as const
export type Presentation = (typeof PRESENTATIONS)[number]

/** A packing instruction at its newest revision. */
export interface Instruction {
  readonly instructionId: number
  readonly orderId: number
  readonly orderUniqueId: string
  /** From 1; note and file make a revision, the rest changes in place. */
  readonly revision: number
  readonly note: string
  readonly fileName: string | null
  readonly document: StoredDocument | null
  /** The document went with its retention: it can't be printed until somebody attaches it again. */
  readonly isFileRemoved: boolean
  readonly presentation: Presentation
  readonly printTarget: PrintTarget | null
  readonly isPrintTargetInferred: boolean
}

/** What order_instruction.* answers: the instruction with what became of it. */
export interface InstructionReport {
  readonly instruction: Instruction
  readonly copiesPrinted: number
  readonly confirmations: readonly { readonly confirmedId: string; readonly confirmedAt: Date }[]
  /** In base64; present when it was asked for, null without a file. */
  readonly fileContent?: readonly string[] | null
}
