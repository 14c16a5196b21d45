import { expect } from 'chai'
import {
  blockersOf,
  type DueInput,
  type OccurrenceState,
  occurrencesFor,
  occurrencesOfOrder,
  type Presentation,
} from '../../lib/packing/due-engine.ts'
import { confirmation, instruction, only, order, P1, P2, P3 } from './due-fixtures.ts'

function stateFor(input: DueInput, packageId: string): OccurrenceState | null {
  return occurrencesFor(input, packageId)[0]?.state ?? null
}

describe('due engine: the state of an instruction at a package', () => {
  const rows: readonly {
    rule: string
    given: Parameters<typeof order>[0]
    states: readonly [OccurrenceState | null, OccurrenceState | null, OccurrenceState | null]
  }[] = [
    {
      rule: 'once per order is due at every package until one confirms it',
      given: { instruction: instruction('once_per_order') },
      states: ['due', 'due', 'due'],
    },
    {
      rule: 'once per order confirmed at one package is elsewhere for the others',
      given: { instruction: instruction('once_per_order'), confirmed: [[P2, 1]] },
      states: ['elsewhere', 'confirmed', 'elsewhere'],
    },
    {
      rule: 'once per shipment is settled within its shipment alone',
      given: { instruction: instruction('once_per_shipment'), confirmed: [[P1, 1]] },
      states: ['confirmed', 'elsewhere', 'due'],
    },
    {
      rule: 'once per package falls to each package',
      given: { instruction: instruction('once_per_package'), confirmed: [[P1, 1]] },
      states: ['confirmed', 'due', 'due'],
    },
    {
      rule: 'an edit makes it due again at every open package, and shows it so at the packed ones',
      given: { instruction: instruction('once_per_order', 2), confirmed: [[P1, 1]], packed: [P1] },
      states: ['changed', 'changed', 'changed'],
    },
    {
      rule: 'an edit after everything of the scope was packed leaves it confirmed',
      given: {
        instruction: instruction('once_per_shipment', 2),
        confirmed: [
          [P1, 1],
          [P3, 1],
        ],
        packed: [P1, P2],
      },
      states: ['confirmed', 'confirmed', 'changed'],
    },
    {
      rule: 'the edited revision confirmed once is enough for the scope',
      given: {
        instruction: instruction('once_per_order', 2),
        confirmed: [
          [P1, 1],
          [P2, 2],
        ],
      },
      states: ['elsewhere', 'confirmed', 'elsewhere'],
    },
    {
      rule: 'a deferral is the one package’s own',
      given: { instruction: instruction('once_per_order'), deferred: [[P2, 1]] },
      states: ['due', 'deferred', 'due'],
    },
    {
      rule: 'a deferral also covers what changed',
      given: { instruction: instruction('once_per_order', 2), confirmed: [[P1, 1]], deferred: [[P2, 2]] },
      states: ['changed', 'deferred', 'changed'],
    },
    {
      rule: 'a deferral of an older revision counts no more',
      given: { instruction: instruction('once_per_order', 2), deferred: [[P2, 1]] },
      states: ['due', 'due', 'due'],
    },
    {
      rule: 'a deferral gives way to a confirmation at another package',
      given: { instruction: instruction('once_per_order'), deferred: [[P2, 1]], confirmed: [[P1, 1]] },
      states: ['confirmed', 'elsewhere', 'elsewhere'],
    },
    {
      rule: 'a packed package is not asked for what came later',
      given: { instruction: instruction('once_per_order'), packed: [P1] },
      states: [null, 'due', 'due'],
    },
    {
      rule: 'an instruction that came after its scope was packed does not apply there',
      given: { instruction: instruction('once_per_shipment'), packed: [P1, P2] },
      states: [null, null, 'due'],
    },
    {
      rule: 'once per package made once per order counts what was confirmed before',
      given: { instruction: instruction('once_per_order'), confirmed: [[P1, 1]] },
      states: ['confirmed', 'elsewhere', 'elsewhere'],
    },
    {
      rule: 'two packages served before it became once per order both stay confirmed',
      given: {
        instruction: instruction('once_per_order'),
        confirmed: [
          [P1, 1],
          [P2, 1],
        ],
      },
      states: ['confirmed', 'confirmed', 'elsewhere'],
    },
  ]
  for (const { rule, given, states } of rows) {
    it(rule, () => {
      const input = order(given)
      expect([P1, P2, P3].map((packageId) => stateFor(input, packageId))).to.deep.equal(states)
    })
  }

  it('lists instructions by rising id, whatever the order they come in', () => {
    const input = order({ instruction: instruction('once_per_order') })
    const shuffled = {
      ...input,
      instructions: [10, 2, 1].map((id) => ({ ...instruction('once_per_order'), instructionId: id })),
    }
    expect(occurrencesFor(shuffled, P1).map(({ instructionId }) => instructionId)).to.deep.equal([1, 2, 10])
  })

  it('names the scope by the key that a unique constraint can hold', () => {
    const keyFor = (presentation: Presentation) =>
      only(occurrencesFor(order({ instruction: instruction(presentation) }), P2)).key
    expect(keyFor('once_per_order')).to.equal('order:100000309')
    expect(keyFor('once_per_shipment')).to.equal('shipment:100000020')
    expect(keyFor('once_per_package')).to.equal('package:100000020-2')
  })

  it('shows the newest of several older confirmations', () => {
    const input = order({
      instruction: instruction('once_per_order', 3),
      confirmed: [
        [P2, 2],
        [P3, 1],
        [P1, 2],
      ],
    })
    expect(only(occurrencesFor(input, P3)).confirmation).to.include({ packageId: P1, revision: 2 })
  })

  it('goes by the time of confirming, not by the ids, among those of one revision', () => {
    const input = order({ instruction: instruction('once_per_order', 2) })
    const made = (confirmedId: string, packageId: string, minute: number) =>
      confirmation({ confirmedId, instructionId: 1, packageId, revision: 1, minute })
    const confirmations = [made('9', P1, 1), made('3', P2, 7), made('12', P3, 1)]
    expect(only(occurrencesFor({ ...input, confirmations }, P3)).confirmation?.confirmedId).to.equal('3')
  })

  it('refuses a package of another order as a slip of the code', () => {
    const input = order({ instruction: instruction('once_per_order') })
    expect(() => occurrencesFor(input, '100000099-1')).to.throw(RangeError, 'is not of order 100000309')
  })
})

describe('due engine: what blocks a package', () => {
  it('names each instruction that is due, deferred or changed, and no other', () => {
    const input: DueInput = {
      ...order({ instruction: instruction('once_per_order') }),
      instructions: [1, 2, 3, 4, 5].map((instructionId) => ({
        instructionId,
        revision: instructionId === 3 ? 2 : 1,
        presentation: 'once_per_order',
        isFileRemoved: false,
      })),
      confirmations: [
        confirmation({ confirmedId: '1', instructionId: 3, packageId: P1, revision: 1, minute: 0 }),
        confirmation({ confirmedId: '2', instructionId: 4, packageId: P1, revision: 1, minute: 0 }),
        confirmation({ confirmedId: '3', instructionId: 5, packageId: P2, revision: 1, minute: 0 }),
      ],
      deferrals: [{ instructionId: 2, revision: 1, packageId: P1 }],
    }
    expect(blockersOf(occurrencesFor(input, P1))).to.deep.equal([
      'instruction 1 is due',
      'instruction 2 is deferred',
      'instruction 3 is changed',
    ])
  })

  it('is nothing where there is no instruction', () => {
    expect(
      blockersOf(
        occurrencesFor({ ...order({ instruction: instruction('once_per_order') }), instructions: [] }, P1),
      ),
    ).to.deep.equal([])
  })
})

describe('due engine: a whole order', () => {
  const summary = (input: DueInput) => occurrencesOfOrder(input).map(({ key, state }) => `${key} ${state}`)

  it('has one occurrence per order, shipment or package', () => {
    expect(summary(order({ instruction: instruction('once_per_order') }))).to.deep.equal([
      'order:100000309 due',
    ])
    expect(
      summary(order({ instruction: instruction('once_per_shipment'), confirmed: [[P2, 1]] })),
    ).to.deep.equal(['shipment:100000020 confirmed', 'shipment:100000021 due'])
    expect(
      summary(order({ instruction: instruction('once_per_package', 2), confirmed: [[P2, 1]] })),
    ).to.deep.equal(['package:100000020-1 due', 'package:100000020-2 changed', 'package:100000021-1 due'])
  })

  it('is deferred only where every open package put it off', () => {
    const given = { instruction: instruction('once_per_shipment'), packed: [P2] }
    expect(summary(order({ ...given, deferred: [[P1, 1]] }))).to.deep.equal([
      'shipment:100000020 deferred',
      'shipment:100000021 due',
    ])
    expect(
      summary(order({ instruction: instruction('once_per_shipment'), deferred: [[P1, 1]] }))[0],
    ).to.equal('shipment:100000020 due')
  })

  it('leaves out what came after a scope was packed', () => {
    expect(summary(order({ instruction: instruction('once_per_shipment'), packed: [P1, P2] }))).to.deep.equal(
      ['shipment:100000021 due'],
    )
  })

  it('shows what waits for the first package of an order without packages', () => {
    const empty: DueInput = {
      ...order({ instruction: instruction('once_per_order') }),
      packages: [],
      instructions: [
        { ...instruction('once_per_order'), instructionId: 1 },
        { ...instruction('once_per_shipment'), instructionId: 2 },
        { ...instruction('once_per_package'), instructionId: 3 },
      ],
    }
    expect(occurrencesOfOrder(empty).map(({ state, because }) => `${state}: ${because}`)).to.deep.equal([
      'due: the order has no package yet',
      'due: shipment 100000020 has no package yet',
      'due: shipment 100000021 has no package yet',
    ])
  })
})
