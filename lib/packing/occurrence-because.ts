import type { Confirmation, OccurrenceScope, OccurrenceState, Showing } from './occurrence.ts'

/** Why an occurrence has its state: a sentence for a packer. */
export function becauseOf(showing: Showing, state: OccurrenceState): string {
  const isToBeConfirmed = state !== 'confirmed' && state !== 'elsewhere'
  const isMissing = isToBeConfirmed && showing.instruction.isFileRemoved
  const rest = isMissing ? '; its file is no longer kept: it must be attached again' : ''
  return `${becauseState(showing, state)}${rest}`
}

function becauseState(showing: Showing, state: OccurrenceState): string {
  const { confirmation } = showing
  if (confirmation) return becauseConfirmed(showing, confirmation, state)
  return state === 'deferred' ? `${putOff(showing)}, and nobody has confirmed it` : becauseDue(showing)
}

function becauseConfirmed(showing: Showing, confirmation: Confirmation, state: OccurrenceState): string {
  const { instruction, scope } = showing
  const confirmed = `confirmed for package ${confirmation.packageId} by ${confirmation.confirmedBy} at ${utcMinute(confirmation.confirmedAt)}`
  const edited = `edited since revision ${confirmation.revision} was ${confirmed}`
  switch (state) {
    case 'confirmed':
      return confirmation.revision >= instruction.revision
        ? confirmed
        : `${edited}, but ${scope.kind === 'package' ? 'the package' : `every package of ${nameOf(scope)}`} is packed`
    case 'elsewhere':
      return `once for ${nameOf(scope)}, and already ${confirmed}`
    case 'deferred':
      return `${putOff(showing)}; ${edited}`
    case 'due':
    case 'changed':
      return showing.atHand?.isPacked ? `${edited}; due again at an open package of ${nameOf(scope)}` : edited
  }
}

function becauseDue({ scope, members, atHand }: Showing): string {
  const unconfirmed = 'and nobody has confirmed it'
  if (members.length === 0)
    return `${scope.kind === 'order' ? 'the order' : nameOf(scope)} has no package yet`
  if (scope.kind === 'package') return `once for each package, ${unconfirmed} for package ${scope.id}`
  if (members.some(({ isPacked }) => isPacked)) {
    return `falls to the next package of ${nameOf(scope)} to be packed, ${unconfirmed}`
  }
  return atHand && atHand === members[0]
    ? `first package of ${nameOf(scope)}, ${unconfirmed}`
    : `falls to whichever package of ${nameOf(scope)} is packed first, ${unconfirmed}`
}

function putOff({ atHand, scope }: Showing): string {
  return `put off for ${atHand ? `package ${atHand.packageId}` : `every open package of ${nameOf(scope)}`}`
}

function nameOf({ kind, id }: OccurrenceScope): string {
  return `${kind} ${id}`
}

/** `2026-11-25T14:59Z`. */
function utcMinute(date: Date): string {
  return `${date.toISOString().slice(0, 16)}Z`
}
