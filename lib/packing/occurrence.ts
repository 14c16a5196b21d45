import type { Presentation } from '../instructions/instruction.ts'
import type { Confirmation } from './confirmation.ts'

export type { Confirmation, Presentation }

/** What the due engine takes and answers: contracts/packing.md, "Words" and "The due engine". */
export interface DueInput {
  readonly order: { readonly uniqueId: string }
  /** In order of creation. */
  readonly shipments: readonly { readonly shipmentId: string }[]
  /** In order of creation. */
  readonly packages: readonly DuePackage[]
  readonly instructions: readonly DueInstruction[]
  readonly confirmations: readonly Confirmation[]
  readonly deferrals: readonly Deferral[]
}

export interface DuePackage {
  readonly packageId: string
  readonly shipmentId: string
  readonly isPacked: boolean
}

export interface DueInstruction {
  readonly instructionId: number
  /** The newest one: rises when the note or the file's bytes change, never for a change of the presentation. */
  readonly revision: number
  readonly presentation: Presentation
  /** It can't be confirmed until somebody attaches its file again. */
  readonly isFileRemoved: boolean
}

export interface Deferral {
  readonly instructionId: number
  readonly revision: number
  readonly packageId: string
}

export type OccurrenceState = 'due' | 'deferred' | 'confirmed' | 'changed' | 'elsewhere'

export interface OccurrenceScope {
  readonly kind: 'order' | 'shipment' | 'package'
  readonly id: string
}

export interface Occurrence {
  readonly instructionId: number
  readonly revision: number
  readonly presentation: Presentation
  readonly scope: OccurrenceScope
  /** `order:100000309`: with instruction and revision, what the unique constraint on confirmations holds. */
  readonly key: string
  /** The package at hand; null in the view of a whole order. */
  readonly packageId: string | null
  readonly state: OccurrenceState
  /** A sentence for a packer. */
  readonly because: string
  /** The one that counts; of an older revision when the state is `changed`, or when nothing is open to see the newer one. */
  readonly confirmation: Confirmation | null
}

/** One instruction in one scope, with what is known about it there. */
export interface Showing {
  readonly instruction: DueInstruction
  readonly scope: OccurrenceScope
  readonly members: readonly DuePackage[]
  readonly atHand: DuePackage | null
  readonly confirmation: Confirmation | null
  readonly isDeferred: boolean
}
