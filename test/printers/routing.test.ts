import { expect } from 'chai'
import { healthOf, type RoutingCandidate, route } from '../../lib/printers/routing.ts'
import { ANYTHING, printer, station } from './routing-fixtures.ts'

describe('routing: health', () => {
  const rows = [
    [{}, 'online'],
    [{ status: 'busy' }, 'busy'],
    [{ status: 'offline' }, 'offline'],
    [{ status: 'error' }, 'error'],
    [{ stationStatus: 'offline' }, 'offline'],
    [{ status: 'busy', stationStatus: 'offline' }, 'offline'],
    [{ status: 'error', stationStatus: 'offline' }, 'error'],
    [{ status: 'error', isPaused: true }, 'paused'],
  ] as const
  for (const [given, health] of rows) {
    it(`is ${health} for ${JSON.stringify(given)}`, () => {
      expect(healthOf(printer('p', given))).to.equal(health)
    })
  }
})

describe('routing: the order', () => {
  const rows: readonly [rule: string, readonly RoutingCandidate[], reasons: readonly string[]][] = [
    [
      'online goes before busy, whatever the queues',
      [printer('b', { queueDepth: 9 }), printer('a', { status: 'busy' })],
      ['health: it is online, a is busy', 'health: it is busy, b is online'],
    ],
    [
      'busy goes before offline, error and paused',
      [printer('z', { status: 'busy', queueDepth: 9 }), printer('a', { isPaused: true })],
      ['health: it is busy, a is paused', 'health: it is paused, z is busy'],
    ],
    [
      'offline, error and paused are alike',
      [
        printer('c', { isPaused: true }),
        printer('b', { status: 'error', queueDepth: 1 }),
        printer('a', { status: 'offline', queueDepth: 2 }),
      ],
      [
        'queue-depth: it has 0 waiting, b has 1',
        'queue-depth: it has 1 waiting, c has 0',
        'queue-depth: it has 2 waiting, c has 0',
      ],
    ],
    [
      'the shortest queue goes first',
      [printer('b', { priority: 9 }), printer('a', { queueDepth: 1, priority: 1 })],
      ['queue-depth: it has 0 waiting, a has 1', 'queue-depth: it has 1 waiting, b has 0'],
    ],
    [
      'the lower priority goes first, an absent one last',
      [printer('c', { priority: -1 }), printer('b', { priority: 10 }), printer('a')],
      ['priority: it has -1, b has 10', 'priority: it has 10, c has -1', 'priority: it has none, c has -1'],
    ],
    [
      'then the name, by code unit',
      [printer('B'), printer('a')],
      ['name: B sorts before a', 'name: a sorts after B'],
    ],
    [
      'then the id, so that the order is total',
      [printer('a', { id: '1' }), printer('a', { id: '2' })],
      [
        'name: both are a, and its id is the lower one',
        "name: both are a, and the other's id is the lower one",
      ],
    ],
    [
      'a printer alone is taken for want of another',
      [printer('a', { isPaused: true })],
      ['health: it is paused, and no other can print it'],
    ],
  ]
  for (const [rule, best, reasons] of rows) {
    it(rule, () => {
      for (const candidates of [best, best.toReversed()]) {
        const decision = route(ANYTHING, candidates)
        expect(decision.chosen).to.equal(best[0])
        expect(decision.candidates.map((ranked) => ranked.printer)).to.deep.equal(best)
        expect(decision.candidates.map(({ isChosen }) => isChosen)).to.deep.equal(
          best.map((_, place) => place === 0),
        )
        expect(decision.candidates.flatMap((ranked) => ranked.reasons)).to.deep.equal(reasons)
      }
    })
  }

  it('puts the ruled out last, however healthy', () => {
    const decision = route({ ...ANYTHING, paperSize: 'label_4x6' }, [
      printer('a'),
      printer('b', { pageSizes: ['label_4x6'], isPaused: true, queueDepth: 7, priority: 3 }),
    ])
    expect(decision.candidates.map((ranked) => ranked.printer.name)).to.deep.equal(['b', 'a'])
    expect(decision.candidates[0]).to.include({
      isChosen: true,
      health: 'paused',
      queueDepth: 7,
      priority: 3,
    })
  })

  it('chooses none of none', () => {
    expect(route(ANYTHING, [])).to.deep.equal({ chosen: null, candidates: [], refusal: null })
  })
})

describe('routing: the station where the packer stands', () => {
  const label = { pool: 'LABEL' } as const
  const request = { ...ANYTHING, pool: 'LABEL', preferredStationId: 'near' }
  const far = printer('far', { ...label, station: station('far') })

  it('wins with an offline printer and a long queue', () => {
    const near = printer('near', { ...label, status: 'offline', queueDepth: 50 })
    const decision = route(request, [far, near])
    expect(decision.chosen).to.equal(near)
    expect(decision.candidates.flatMap(({ reasons }) => reasons)).to.deep.equal([
      'station-preferred: it is at the station at hand',
      'station-preferred: it is not at the station at hand',
    ])
  })

  it('decides among its own by the rules', () => {
    const [busy, idle] = [printer('a', { ...label, status: 'busy' }), printer('b', label)]
    expect(route(request, [far, busy, idle]).chosen).to.equal(idle)
  })

  it('leaves it to the rules where it has no printer of the pool', () => {
    const laser = printer('near', { pool: 'LASER' })
    expect(route(request, [laser, far]).chosen).to.equal(far)
  })
})

describe('routing: a station that the caller names', () => {
  it('is refused when it is closed to the caller', () => {
    const decision = route({ ...ANYTHING, stationId: 'near' }, [
      printer('a', { isStationOpenToCaller: false }),
      printer('b', { station: station('far') }),
    ])
    expect(decision).to.include({ chosen: null, refusal: 'unauthorized' })
  })

  it('is not refused because of another closed one', () => {
    const open = printer('b', { station: station('far') })
    const decision = route({ ...ANYTHING, stationId: 'far' }, [
      printer('a', { isStationOpenToCaller: false }),
      open,
    ])
    expect(decision).to.include({ chosen: open, refusal: null })
  })

  it('drops out silently when closed and not named', () => {
    const decision = route(ANYTHING, [printer('a', { isStationOpenToCaller: false })])
    expect(decision).to.include({ chosen: null, refusal: null })
  })
})
