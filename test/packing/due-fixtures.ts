import { expect } from 'chai'
import fc from 'fast-check'
import type {
  Confirmation,
  DueInput,
  DueInstruction,
  Occurrence,
  OccurrenceState,
  Presentation,
} from '../../lib/packing/due-engine.ts'

export const P1 = '100000020-1'
export const P2 = '100000020-2'
export const P3 = '100000021-1'

/** The demo order: shipment 100000020 with packages -1 and -2, shipment 100000021 with -1. */
export function order(given: {
  instruction: DueInstruction
  packed?: readonly string[]
  confirmed?: readonly [packageId: string, revision: number][]
  deferred?: readonly [packageId: string, revision: number][]
}): DueInput {
  const { instructionId } = given.instruction
  return {
    order: { uniqueId: '100000309' },
    shipments: [{ shipmentId: '100000020' }, { shipmentId: '100000021' }],
    packages: [P1, P2, P3].map((packageId) => ({
      packageId,
      shipmentId: packageId.slice(0, 9),
      isPacked: given.packed?.includes(packageId) ?? false,
    })),
    instructions: [given.instruction],
    confirmations: (given.confirmed ?? []).map(([packageId, revision], index) =>
      confirmation({ confirmedId: String(index + 1), instructionId, packageId, revision, minute: index }),
    ),
    deferrals: (given.deferred ?? []).map(([packageId, revision]) => ({
      instructionId,
      packageId,
      revision,
    })),
  }
}

export function confirmation(given: {
  confirmedId: string
  instructionId: number
  packageId: string
  revision: number
  minute: number
}): Confirmation {
  const { minute, ...rest } = given
  return {
    ...rest,
    confirmedAt: new Date(Date.UTC(2022, 1, 8, 14, minute, 38)),
    confirmedBy: 'packer',
    stationId: null,
  }
}

export function instruction(presentation: Presentation, revision = 1): DueInstruction {
  return { instructionId: 1, revision, presentation, isFileRemoved: false }
}

export function only(occurrences: readonly Occurrence[]): Occurrence {
  expect(occurrences).to.have.length(1)
  return occurrences[0] as Occurrence
}

export const isBlocking = ({ state }: { state: OccurrenceState }) =>
  ['due', 'deferred', 'changed'].includes(state)

export const presentationArbitrary = fc.constantFrom<Presentation>(
  'once_per_order',
  'once_per_shipment',
  'once_per_package',
)

/** Any consistent order: no confirmation or deferral of a revision that isn't there yet. */
export const inputArbitrary: fc.Arbitrary<DueInput> = fc
  .record({
    packages: fc.array(fc.record({ shipment: fc.nat(1), isPacked: fc.boolean() }), {
      minLength: 1,
      maxLength: 5,
    }),
    instructions: fc.array(
      fc.record({
        revision: fc.integer({ min: 1, max: 3 }),
        presentation: presentationArbitrary,
        isFileRemoved: fc.boolean(),
      }),
      {
        maxLength: 3,
      },
    ),
    events: fc.array(
      fc.record({
        instruction: fc.nat(2),
        back: fc.nat(2),
        package: fc.nat(4),
        isDeferral: fc.boolean(),
        minute: fc.nat(3),
      }),
      { maxLength: 8 },
    ),
  })
  .map(({ packages, instructions, events }) => {
    const placed = events.flatMap((event, index) => {
      const [target, at] = [instructions[event.instruction], packages[event.package]]
      if (!target || !at) return []
      const revision = Math.max(1, target.revision - event.back)
      const packageId = `p${event.package}`
      return [{ ...event, confirmedId: String(index), instructionId: event.instruction, revision, packageId }]
    })
    return {
      order: { uniqueId: 'o' },
      shipments: [{ shipmentId: 's0' }, { shipmentId: 's1' }],
      packages: packages.map(({ shipment, isPacked }, index) => ({
        packageId: `p${index}`,
        shipmentId: `s${shipment}`,
        isPacked,
      })),
      instructions: instructions.map((given, instructionId) => ({ ...given, instructionId })),
      confirmations: placed
        .filter(({ isDeferral }) => !isDeferral)
        .map(({ confirmedId, instructionId, packageId, revision, minute }) =>
          confirmation({ confirmedId, instructionId, packageId, revision, minute }),
        ),
      deferrals: placed.filter(({ isDeferral }) => isDeferral),
    }
  })
