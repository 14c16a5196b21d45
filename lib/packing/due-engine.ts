/**
 * Which packing instructions are due, and why: contracts/packing.md, "The due engine". Pure. Everything that shows,
 * blocks or prints an instruction asks here, so that no two of them can disagree.
 */

import { type DueFacts, indexFacts } from './due-facts.ts'
import type {
  Confirmation,
  DueInput,
  DueInstruction,
  DuePackage,
  Occurrence,
  OccurrenceScope,
  OccurrenceState,
  Presentation,
  Showing,
} from './occurrence.ts'
import { becauseOf } from './occurrence-because.ts'

export type {
  Confirmation,
  DueInput,
  DueInstruction,
  DuePackage,
  Occurrence,
  OccurrenceState,
  Presentation,
} from './occurrence.ts'

const BLOCKING: ReadonlySet<OccurrenceState> = new Set(['due', 'deferred', 'changed'])

/** What a packer with this package sees, by rising instruction id. Throws RangeError for a package of another order. */
export function occurrencesFor(input: DueInput, packageId: string): readonly Occurrence[] {
  const facts = indexFacts(input)
  const [atHand] = facts.packagesOf({ kind: 'package', id: packageId })
  if (!atHand) throw new RangeError(`package ${packageId} is not of order ${input.order.uniqueId}`)
  return byInstructionId(input.instructions).flatMap((instruction) =>
    occurrencesIn(facts, instruction, scopeOf(input, instruction.presentation, atHand), atHand),
  )
}

/** Every occurrence of the order, by rising instruction id and then in order of creation, whatever package is at hand. */
export function occurrencesOfOrder(input: DueInput): readonly Occurrence[] {
  const facts = indexFacts(input)
  return byInstructionId(input.instructions).flatMap((instruction) =>
    scopesOf(input, instruction.presentation).flatMap((scope) =>
      occurrencesIn(facts, instruction, scope, null),
    ),
  )
}

/** What keeps a package from being finished, `instruction 1 is due`; empty when it can be. */
export function blockersOf(occurrences: readonly Occurrence[]): readonly string[] {
  return occurrences
    .filter(({ state }) => BLOCKING.has(state))
    .map(({ instructionId, state }) => `instruction ${instructionId} is ${state}`)
}

function byInstructionId(instructions: readonly DueInstruction[]): readonly DueInstruction[] {
  return instructions.toSorted((a, b) => a.instructionId - b.instructionId)
}

function scopeOf(input: DueInput, presentation: Presentation, of: DuePackage): OccurrenceScope {
  switch (presentation) {
    case 'once_per_order':
      return { kind: 'order', id: input.order.uniqueId }
    case 'once_per_shipment':
      return { kind: 'shipment', id: of.shipmentId }
    case 'once_per_package':
      return { kind: 'package', id: of.packageId }
  }
}

function scopesOf(input: DueInput, presentation: Presentation): readonly OccurrenceScope[] {
  switch (presentation) {
    case 'once_per_order':
      return [{ kind: 'order', id: input.order.uniqueId }]
    case 'once_per_shipment':
      return input.shipments.map(({ shipmentId }) => ({ kind: 'shipment', id: shipmentId }))
    case 'once_per_package':
      return input.packages.map(({ packageId }) => ({ kind: 'package', id: packageId }))
  }
}

/** None or one: an instruction that came after everything in the scope was packed doesn't apply to it. */
function occurrencesIn(
  facts: DueFacts,
  instruction: DueInstruction,
  scope: OccurrenceScope,
  atHand: DuePackage | null,
): readonly Occurrence[] {
  const members = facts.packagesOf(scope)
  const showing: Showing = {
    instruction,
    scope,
    members,
    atHand,
    confirmation: confirmationOf(facts, instruction, members, atHand),
    isDeferred: isDeferred(facts, instruction, atHand ? [atHand] : members),
  }
  const state = stateOf(showing)
  if (state === null) return []
  const { instructionId, revision, presentation } = instruction
  return [
    {
      instructionId,
      revision,
      presentation,
      scope,
      key: `${scope.kind}:${scope.id}`,
      packageId: atHand?.packageId ?? null,
      state,
      because: becauseOf(showing, state),
      confirmation: showing.confirmation,
    },
  ]
}

function stateOf(showing: Showing): OccurrenceState | null {
  const { instruction, atHand, confirmation } = showing
  if (!confirmation) return stateUnconfirmed(showing)
  if (confirmation.revision < instruction.revision) return stateOutdated(showing)
  return atHand && atHand.packageId !== confirmation.packageId ? 'elsewhere' : 'confirmed'
}

/** It falls to an open package alone: with none left, the instruction came too late and doesn't apply. */
function stateUnconfirmed({ members, atHand, isDeferred }: Showing): OccurrenceState | null {
  const isWaiting = atHand ? !atHand.isPacked : members.length === 0 || members.some(isOpen)
  if (!isWaiting) return null
  return isDeferred ? 'deferred' : 'due'
}

/** Confirmed before the last edit: due again, unless nothing is open to heed the edit. */
function stateOutdated({ members, isDeferred }: Showing): OccurrenceState {
  if (!members.some(isOpen)) return 'confirmed'
  return isDeferred ? 'deferred' : 'changed'
}

function isOpen({ isPacked }: DuePackage): boolean {
  return !isPacked
}

/**
 * A confirmation counts for the scope that the presentation gives its package now, not for the one it had then: making
 * an instruction once per order must not print it again for an order that one of its packages was served for.
 */
function confirmationOf(
  facts: DueFacts,
  { instructionId, revision }: DueInstruction,
  members: readonly DuePackage[],
  atHand: DuePackage | null,
): Confirmation | null {
  const counting = facts.confirmationsOf(instructionId, members).toSorted(newestFirst)
  const own = counting.find(
    (candidate) => candidate.revision >= revision && candidate.packageId === atHand?.packageId,
  )
  return own ?? counting[0] ?? null
}

function newestFirst(a: Confirmation, b: Confirmation): number {
  return (
    b.revision - a.revision ||
    b.confirmedAt.getTime() - a.confirmedAt.getTime() ||
    b.confirmedId.localeCompare(a.confirmedId, 'en', { numeric: true })
  )
}

/** Put off by every open one of these packages: a deferral is the one packer's own, and another still has to act. */
function isDeferred(facts: DueFacts, instruction: DueInstruction, packages: readonly DuePackage[]): boolean {
  const open = packages.filter(isOpen)
  return open.length > 0 && open.every((pack) => facts.isDeferred(instruction, pack))
}
