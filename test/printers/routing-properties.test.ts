import { expect } from 'chai'
import fc from 'fast-check'
import { incapabilitiesOf } from '../../lib/printers/printer-capability.ts'
import { healthOf, type RoutingCandidate, route } from '../../lib/printers/routing.ts'
import { ANYTHING, candidatesArbitrary, requestArbitrary } from './routing-fixtures.ts'

/** Nothing asked for but a page: most printers can, so that the order decides. */
const lenient = fc.constant(ANYTHING)

describe('routing: whatever the printers', () => {
  it('chooses no printer that cannot print it, is closed to the caller or was not asked for', () => {
    fc.assert(
      fc.property(requestArbitrary, candidatesArbitrary, (request, candidates) => {
        const { chosen } = route(request, candidates)
        if (!chosen) return
        expect(incapabilitiesOf(chosen, request)).to.deep.equal([])
        expect(chosen.isStationOpenToCaller).to.equal(true)
        const asked = [request.stationId, request.printerName, request.pool]
        const got = [chosen.station.id, chosen.name, chosen.pool]
        expect(got.filter((_, index) => asked[index] !== null)).to.deep.equal(
          asked.filter((name) => name !== null),
        )
        if (request.paperSize !== null) expect(chosen.pageSizes).to.include(request.paperSize)
      }),
      { numRuns: 500 },
    )
  })

  it('chooses one if any can, and gives every candidate once, with a reason', () => {
    fc.assert(
      fc.property(fc.oneof(lenient, requestArbitrary), candidatesArbitrary, (request, candidates) => {
        const decision = route(request, candidates)
        expect(decision.candidates.map((ranked) => ranked.printer)).to.have.members(candidates)
        expect(decision.candidates.every(({ reasons }) => reasons.length > 0)).to.equal(true)
        const eligible = decision.candidates.filter(({ isEligible }) => isEligible)
        expect(decision.candidates.slice(0, eligible.length)).to.deep.equal(eligible)
        expect(
          decision.candidates.filter(({ isChosen }) => isChosen).map((ranked) => ranked.printer),
        ).to.deep.equal(eligible.slice(0, 1).map((ranked) => ranked.printer))
      }),
    )
  })

  it('chooses the shortest queue among the healthiest, and the lowest priority among those', () => {
    const healthClass = (given: RoutingCandidate) =>
      Math.min(2, ['online', 'busy', 'offline', 'error', 'paused'].indexOf(healthOf(given)))
    const priority = (given: RoutingCandidate) => given.priority ?? Number.MAX_VALUE
    fc.assert(
      fc.property(lenient, candidatesArbitrary, (request, candidates) => {
        const { chosen, candidates: all } = route(request, candidates)
        if (!chosen) return
        const eligible = all.filter(({ isEligible }) => isEligible).map((ranked) => ranked.printer)
        expect(healthClass(chosen)).to.equal(Math.min(...eligible.map(healthClass)))
        const healthiest = eligible.filter((other) => healthClass(other) === healthClass(chosen))
        expect(chosen.queueDepth).to.equal(Math.min(...healthiest.map(({ queueDepth }) => queueDepth)))
        const idlest = healthiest.filter(({ queueDepth }) => queueDepth === chosen.queueDepth)
        expect(priority(chosen)).to.equal(Math.min(...idlest.map(priority)))
      }),
      { numRuns: 500 },
    )
  })

  it('takes an eligible printer of the preferred station before all others', () => {
    fc.assert(
      fc.property(lenient, candidatesArbitrary, (request, candidates) => {
        const { chosen, candidates: all } = route({ ...request, preferredStationId: 'near' }, candidates)
        const isNearPossible = all.some(
          ({ isEligible, printer: { station: at } }) => isEligible && at.id === 'near',
        )
        if (isNearPossible) expect(chosen?.station.id).to.equal('near')
        else expect(chosen).to.equal(route(request, candidates).chosen)
      }),
    )
  })

  it('does not depend on the order in which printers are read', () => {
    const shuffled = candidatesArbitrary.chain((candidates) =>
      fc.tuple(
        fc.constant(candidates),
        fc.shuffledSubarray(candidates, { minLength: candidates.length, maxLength: candidates.length }),
      ),
    )
    fc.assert(
      fc.property(fc.oneof(lenient, requestArbitrary), shuffled, (request, [candidates, other]) => {
        expect(route(request, other)).to.deep.equal(route(request, candidates))
      }),
    )
  })

  it('decides the same, for the same reasons, beside a printer that cannot', () => {
    fc.assert(
      fc.property(fc.oneof(lenient, requestArbitrary), candidatesArbitrary, (request, candidates) => {
        const whole = route(request, candidates)
        const able = whole.candidates.filter(({ isEligible }) => isEligible)
        const alone = route(
          request,
          able.map((ranked) => ranked.printer),
        )
        expect(alone.candidates).to.deep.equal(able)
        expect(alone.chosen).to.equal(whole.chosen)
      }),
    )
  })

  it('refuses only a named station that is closed, and chooses nothing then', () => {
    fc.assert(
      fc.property(requestArbitrary, candidatesArbitrary, (request, given) => {
        const closed = new Set(
          given.filter(({ isStationOpenToCaller }) => !isStationOpenToCaller).map((p) => p.station.id),
        )
        const candidates = given.map((p) => ({ ...p, isStationOpenToCaller: !closed.has(p.station.id) }))
        const { chosen, refusal } = route(request, candidates)
        const isClosed = request.stationId !== null && closed.has(request.stationId)
        expect(refusal).to.equal(isClosed ? 'unauthorized' : null)
        if (isClosed) expect(chosen).to.equal(null)
      }),
    )
  })
})
