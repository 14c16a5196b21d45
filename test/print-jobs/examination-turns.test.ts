import { expect } from 'chai'
import { createExaminationTurns } from '../../lib/print-jobs/examination-turns.ts'

/** Work that ends when it is told. */
function heldWork() {
  let end: (() => void) | undefined
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  return { work: () => ended.then(() => 'seen'), end: () => end?.() }
}

describe('turns of examining labels', () => {
  it('tell a job of its label however many are looked at, and somebody who waits only if few are', async () => {
    const turns = createExaminationTurns()
    const held = heldWork()
    const first = turns.take(held.work)
    const late = Array.from({ length: 30 }, (_, at) => turns.take(() => Promise.resolve(at)))
    expect(await turns.takeSoon(() => Promise.resolve('soon'))).to.equal(null)
    held.end()
    expect(await first).to.equal('seen')
    expect(await Promise.all(late)).to.deep.equal(Array.from({ length: 30 }, (_, at) => at))
    expect(await turns.takeSoon(() => Promise.resolve('soon'))).to.equal('soon')
  })

  it('let nobody wait behind a label that takes long', async () => {
    const turns = createExaminationTurns({ slowMs: -1 })
    const held = heldWork()
    const slow = turns.takeSoon(held.work)
    // It begins with the next turn of the loop.
    await Promise.resolve()
    expect(await turns.takeSoon(() => Promise.resolve('soon'))).to.equal(null)
    const told = turns.take(() => Promise.resolve('later'))
    held.end()
    expect([await slow, await told]).to.deep.equal(['seen', 'later'])
  })

  it('go on after one that fails, and have an end', async () => {
    const turns = createExaminationTurns({ waitingMax: 1 })
    const failing = turns.take(() => Promise.reject(new Error('broken')))
    expect(await turns.take(() => Promise.resolve('full'))).to.equal(null)
    const error = await failing.catch((thrown: unknown) => thrown)
    expect(String(error)).to.include('broken')
    expect(await turns.take(() => Promise.resolve('next'))).to.equal('next')
  })
})
