import { expect } from 'chai'
import { createSingleFlight } from '../../lib/instructions/single-flight.ts'

describe('calls for the same thing at the same moment', () => {
  it('share one piece of work', async () => {
    const flights = createSingleFlight<number>()
    let runs = 0
    const work = async () => {
      await Promise.resolve()
      runs += 1
      return runs
    }
    expect(await Promise.all([flights.run('a', work), flights.run('a', work)])).to.deep.equal([1, 1])
    expect(await flights.run('a', work)).to.equal(2)
  })

  it('share a failure, and the next one tries again', async () => {
    const flights = createSingleFlight<number>()
    const failing = () => Promise.reject(new Error('no'))
    const outcomes = await Promise.allSettled([flights.run('a', failing), flights.run('a', failing)])
    expect(outcomes.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected'])
    expect(await flights.run('a', () => Promise.resolve(3))).to.equal(3)
  })

  it('share nothing under different keys, or without one', async () => {
    const flights = createSingleFlight<symbol>()
    const work = () => Promise.resolve(Symbol('work'))
    const [a, b, c, d] = await Promise.all([
      flights.run('a', work),
      flights.run('b', work),
      flights.run(null, work),
      flights.run(null, work),
    ])
    expect(new Set([a, b, c, d]).size).to.equal(4)
  })
})
