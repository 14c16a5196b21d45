import { expect } from 'chai'
import fc from 'fast-check'
import {
  blockersOf,
  type DueInput,
  type DueInstruction,
  type DuePackage,
  type OccurrenceState,
  occurrencesFor,
  occurrencesOfOrder,
  type Presentation,
} from '../../lib/packing/due-engine.ts'
import { confirmation, inputArbitrary, isBlocking } from './due-fixtures.ts'

function sharesScope(presentation: Presentation, a: DuePackage, b: DuePackage): boolean {
  if (presentation === 'once_per_order') return true
  return presentation === 'once_per_shipment' ? a.shipmentId === b.shipmentId : a.packageId === b.packageId
}

/** The contract's table read row by row, slowly: the one row that holds for this instruction at this package. */
function stateByTheContract(input: DueInput, of: DueInstruction, at: DuePackage): OccurrenceState | null {
  const scope = input.packages.filter((other) => sharesScope(of.presentation, at, other))
  const isConfirmed = (who: readonly DuePackage[], isOfRevision: (revision: number) => boolean) =>
    input.confirmations
      .filter((made) => made.instructionId === of.instructionId && isOfRevision(made.revision))
      .some((made) => who.some(({ packageId }) => packageId === made.packageId))
  const isHere = isConfirmed([at], (revision) => revision === of.revision)
  const isInScope = isConfirmed(scope, (revision) => revision === of.revision)
  const isBefore = all(
    !isInScope,
    isConfirmed(scope, (revision) => revision < of.revision),
  )
  const isChanged = all(
    isBefore,
    scope.some(({ isPacked }) => !isPacked),
  )
  const isDue = all(!isInScope, !isBefore, !at.isPacked)
  const isPutOff = all(!at.isPacked, hasDeferred(input, of, at))
  const rows: readonly [OccurrenceState, boolean][] = [
    ['confirmed', isHere],
    ['confirmed', all(isBefore, !isChanged)],
    ['elsewhere', all(isInScope, !isHere)],
    ['deferred', all(isDue, isPutOff)],
    ['deferred', all(isChanged, isPutOff)],
    ['changed', all(isChanged, !isPutOff)],
    ['due', all(isDue, !isPutOff)],
  ]
  const holding = rows.filter(([, holds]) => holds)
  expect(holding.length, 'at most one row of the table holds').to.be.at.most(1)
  return holding[0]?.[0] ?? null
}

function all(...conditions: readonly boolean[]): boolean {
  return conditions.every(Boolean)
}

function hasDeferred(input: DueInput, of: DueInstruction, at: DuePackage): boolean {
  return input.deferrals.some((made) =>
    all(
      made.instructionId === of.instructionId,
      made.revision === of.revision,
      made.packageId === at.packageId,
    ),
  )
}

describe('due engine: whatever the order', () => {
  it('gives the state that the contract’s table gives', () => {
    fc.assert(
      fc.property(inputArbitrary, (input) => {
        for (const at of input.packages) {
          const states = new Map(
            occurrencesFor(input, at.packageId).map((seen) => [seen.instructionId, seen.state]),
          )
          for (const of of input.instructions) {
            expect(states.get(of.instructionId) ?? null).to.equal(stateByTheContract(input, of, at))
          }
        }
      }),
      { numRuns: 500 },
    )
  })

  it('sums up in the order view what its packages show', () => {
    fc.assert(
      fc.property(inputArbitrary, (input) => {
        const seen = input.packages.flatMap((at) =>
          occurrencesFor(input, at.packageId).map((occurrence) => ({ ...occurrence, isOpen: !at.isPacked })),
        )
        const ofOrder = occurrencesOfOrder(input)
        for (const { instructionId, key, state } of ofOrder) {
          const here = seen.filter((other) => other.instructionId === instructionId && other.key === key)
          const open = here.filter(({ isOpen }) => isOpen).map((other) => other.state)
          if (here.length === 0) continue // a shipment without packages
          if (here.some((other) => other.state === 'confirmed')) expect(state).to.equal('confirmed')
          else if (open.every((other) => other === 'deferred')) expect(state).to.equal('deferred')
          else expect(open.filter((other) => other !== 'deferred')).to.include(state)
        }
        const named = new Set(ofOrder.map(({ instructionId, key }) => `${instructionId} ${key}`))
        for (const { instructionId, key } of seen) expect(named.has(`${instructionId} ${key}`)).to.equal(true)
      }),
      { numRuns: 300 },
    )
  })

  it('asks nobody of a scope once one package of it confirmed the newest revision', () => {
    fc.assert(
      fc.property(inputArbitrary, fc.nat(4), (input, index) => {
        const at = input.packages[index % input.packages.length] as DuePackage
        const asked = occurrencesFor(input, at.packageId).filter(isBlocking)
        const confirmed: DueInput = {
          ...input,
          confirmations: [
            ...input.confirmations,
            ...asked.map(({ instructionId, revision }, place) =>
              confirmation({
                confirmedId: `1${place}`,
                instructionId,
                packageId: at.packageId,
                revision,
                minute: 9,
              }),
            ),
          ],
        }
        const keys = new Set(asked.map(({ instructionId, key }) => `${instructionId} ${key}`))
        const still = confirmed.packages
          .flatMap(({ packageId }) => occurrencesFor(confirmed, packageId))
          .filter((seen) => isBlocking(seen) && keys.has(`${seen.instructionId} ${seen.key}`))
        expect(still).to.deep.equal([])
      }),
    )
  })

  it('lets an open package be finished if and only if each instruction was confirmed in its scope as it is now', () => {
    fc.assert(
      fc.property(inputArbitrary, (input) => {
        for (const at of input.packages.filter(({ isPacked }) => !isPacked)) {
          const isServed = input.instructions.every((of) =>
            input.packages.some(
              (mate) =>
                sharesScope(of.presentation, at, mate) &&
                input.confirmations.some(
                  (made) =>
                    made.instructionId === of.instructionId &&
                    made.revision === of.revision &&
                    made.packageId === mate.packageId,
                ),
            ),
          )
          expect(blockersOf(occurrencesFor(input, at.packageId)).length === 0).to.equal(isServed)
        }
      }),
    )
  })

  it('does not depend on the order in which confirmations, deferrals and instructions are read', () => {
    const shuffled = inputArbitrary.chain((input) =>
      fc.record({
        input: fc.constant(input),
        other: fc.record({
          order: fc.constant(input.order),
          shipments: fc.constant(input.shipments),
          packages: fc.constant(input.packages),
          instructions: shuffle(input.instructions),
          confirmations: shuffle(input.confirmations),
          deferrals: shuffle(input.deferrals),
        }),
      }),
    )
    fc.assert(
      fc.property(shuffled, ({ input, other }) => {
        for (const { packageId } of input.packages) {
          expect(occurrencesFor(other, packageId)).to.deep.equal(occurrencesFor(input, packageId))
        }
        expect(occurrencesOfOrder(other)).to.deep.equal(occurrencesOfOrder(input))
      }),
    )
  })
})

function shuffle<Item>(items: readonly Item[]): fc.Arbitrary<Item[]> {
  return fc.shuffledSubarray([...items], { minLength: items.length, maxLength: items.length })
}
