import { expect } from 'chai'
import fc from 'fast-check'
import {
  blockersOf,
  type DueInput,
  type DueInstruction,
  occurrencesFor,
  type Presentation,
} from '../../lib/packing/due-engine.ts'
import { confirmation, isBlocking, presentationArbitrary } from './due-fixtures.ts'

type Step =
  | { readonly do: 'confirm' | 'defer' | 'edit'; readonly instruction: number; readonly package: number }
  | { readonly do: 'present'; readonly instruction: number; readonly presentation: Presentation }
  | { readonly do: 'finish' | 'reopen'; readonly package: number }
  | { readonly do: 'create'; readonly presentation: Presentation }

const stepArbitrary: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constantFrom('confirm', 'defer', 'edit'),
    instruction: fc.nat(3),
    package: fc.nat(3),
  }),
  fc.record({
    do: fc.constant('present' as const),
    instruction: fc.nat(3),
    presentation: presentationArbitrary,
  }),
  fc.record({ do: fc.constantFrom('finish', 'reopen'), package: fc.nat(3) }),
  fc.record({ do: fc.constant('create' as const), presentation: presentationArbitrary }),
)

/** A packing floor that obeys the engine: confirms what it asks for, finishes what it lets go. */
class Floor {
  input: DueInput
  /** One per confirmation, with the occurrence's key as it was then: `1 order:o 2`. */
  readonly printed: string[] = []
  readonly edited = new Set<number>()

  constructor(shipments: readonly number[], presentations: readonly Presentation[]) {
    this.input = {
      order: { uniqueId: 'o' },
      shipments: [{ shipmentId: 's0' }, { shipmentId: 's1' }],
      packages: shipments.map((shipment, index) => ({
        packageId: `p${index}`,
        shipmentId: `s${shipment}`,
        isPacked: false,
      })),
      instructions: presentations.map((presentation, instructionId) => ({
        instructionId,
        revision: 1,
        presentation,
        isFileRemoved: false,
      })),
      confirmations: [],
      deferrals: [],
    }
  }

  take(step: Step): void {
    switch (step.do) {
      case 'create': {
        const instructionId = this.input.instructions.length
        const created = { instructionId, revision: 1, presentation: step.presentation, isFileRemoved: false }
        this.edited.add(instructionId)
        this.input = { ...this.input, instructions: [...this.input.instructions, created] }
        return
      }
      case 'present':
        return this.edit(step.instruction, { presentation: step.presentation })
      case 'edit':
        return this.edit(step.instruction, {
          revision: (this.input.instructions[step.instruction]?.revision ?? 0) + 1,
        })
      case 'confirm':
      case 'defer':
        return this.act(step.do, step.instruction, step.package)
      case 'finish':
        return this.finish(step.package)
      case 'reopen':
        return this.mark(step.package, false)
    }
  }

  finish(index: number): void {
    const at = this.input.packages[index]
    if (at && blockersOf(occurrencesFor(this.input, at.packageId)).length === 0) this.mark(index, true)
  }

  packEverything(): void {
    for (const [index, { packageId, isPacked }] of this.input.packages.entries()) {
      if (isPacked) continue
      for (const { instructionId } of occurrencesFor(this.input, packageId))
        this.act('confirm', instructionId, index)
      this.finish(index)
    }
  }

  private act(act: 'confirm' | 'defer', instructionId: number, index: number): void {
    const at = this.input.packages[index]
    if (!at || at.isPacked) return
    const asked = occurrencesFor(this.input, at.packageId)
      .filter(isBlocking)
      .find((seen) => seen.instructionId === instructionId)
    if (!asked) return
    const made = { instructionId, revision: asked.revision, packageId: at.packageId }
    if (act === 'defer') {
      this.input = { ...this.input, deferrals: [...this.input.deferrals, made] }
      return
    }
    const minute = this.input.confirmations.length
    const stored = confirmation({ ...made, confirmedId: String(minute + 1), minute })
    this.printed.push(`${instructionId} ${asked.key} ${asked.revision}`)
    this.input = { ...this.input, confirmations: [...this.input.confirmations, stored] }
  }

  private edit(instructionId: number, change: Partial<DueInstruction>): void {
    this.edited.add(instructionId)
    const instructions = this.input.instructions.map((given) =>
      given.instructionId === instructionId ? { ...given, ...change } : given,
    )
    this.input = { ...this.input, instructions }
  }

  private mark(index: number, isPacked: boolean): void {
    const packages = this.input.packages.map((given, place) =>
      place === index ? { ...given, isPacked } : given,
    )
    this.input = { ...this.input, packages }
  }
}

function counts(items: readonly string[]): readonly number[] {
  const found = new Map<string, number>()
  for (const item of items) found.set(item, (found.get(item) ?? 0) + 1)
  return [...found.values()]
}

describe('due engine: any walk of confirm, defer, finish, reopen, edit and create', () => {
  const floors = fc.record({
    shipments: fc.array(fc.nat(1), { minLength: 1, maxLength: 4 }),
    presentations: fc.array(presentationArbitrary, { minLength: 1, maxLength: 3 }),
    steps: fc.array(stepArbitrary, { maxLength: 40 }),
  })

  it('confirms no occurrence twice at one revision, and serves no package twice', () => {
    fc.assert(
      fc.property(floors, ({ shipments, presentations, steps }) => {
        const floor = new Floor(shipments, presentations)
        for (const step of steps) floor.take(step)
        floor.packEverything()
        const served = floor.input.confirmations.map(
          (made) => `${made.instructionId} ${made.packageId} ${made.revision}`,
        )
        expect(counts(floor.printed).every((count) => count === 1)).to.equal(true)
        expect(counts(served).every((count) => count === 1)).to.equal(true)
      }),
      { numRuns: 500 },
    )
  })

  it('can always be packed to its end', () => {
    fc.assert(
      fc.property(floors, ({ shipments, presentations, steps }) => {
        const floor = new Floor(shipments, presentations)
        for (const step of steps) floor.take(step)
        floor.packEverything()
        expect(floor.input.packages.every(({ isPacked }) => isPacked)).to.equal(true)
      }),
    )
  })

  it('ends with one confirmation per occurrence of each instruction that was there from the start and stayed as it was', () => {
    fc.assert(
      fc.property(floors, ({ shipments, presentations, steps }) => {
        const floor = new Floor(shipments, presentations)
        for (const step of steps) floor.take(step)
        floor.packEverything()
        const scopes = {
          once_per_order: 1,
          once_per_shipment: new Set(shipments).size,
          once_per_package: shipments.length,
        }
        for (const [instructionId, presentation] of presentations.entries()) {
          if (floor.edited.has(instructionId)) continue
          const made = floor.input.confirmations.filter((given) => given.instructionId === instructionId)
          expect(made).to.have.length(scopes[presentation])
        }
      }),
      { numRuns: 300 },
    )
  })

  it('asks nobody again because of the presentation, once a package was served', () => {
    fc.assert(
      fc.property(floors, presentationArbitrary, ({ shipments, presentations, steps }, presentation) => {
        const floor = new Floor(shipments, presentations)
        for (const step of steps) floor.take(step)
        const { input } = floor
        const edited = {
          ...input,
          instructions: input.instructions.map((given) => ({ ...given, presentation })),
        }
        for (const made of input.confirmations) {
          const newest = input.instructions.find(({ instructionId }) => instructionId === made.instructionId)
          if (newest?.revision !== made.revision) continue
          const seen = occurrencesFor(edited, made.packageId).find(
            ({ instructionId }) => instructionId === made.instructionId,
          )
          expect(seen?.state).to.equal('confirmed')
        }
      }),
    )
  })
})
