import { expect } from 'chai'
import { runSuite, type Suite } from '../../bench/harness.ts'
import { noteRunning } from '../../bench/running.ts'

const EFFORT = { rounds: 1, ms: 1 }

function suiteOf(open: Suite['open']): Suite {
  return { name: 'x', title: 'x', unit: 'x', better: 'higher', open }
}

async function messageOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'done',
    (error: unknown) => String(error),
  )
}

describe('a suite of measurements', () => {
  it('ends what it started, the latest first, when it can’t be opened', async () => {
    const stopped: string[] = []
    const start = (name: string) => noteRunning(() => Promise.resolve(void stopped.push(name)))
    const suite = suiteOf(() => {
      start('database')
      start('server')
      return Promise.reject(new Error('no such printer'))
    })
    expect(await messageOf(runSuite(suite, EFFORT))).to.contain('no such printer')
    expect(stopped).to.deep.equal(['server', 'database'])
  })

  it('ends once what its own close has ended', async () => {
    let stops = 0
    const suite = suiteOf(() => {
      const stop = noteRunning(() => Promise.resolve(void (stops += 1)))
      return Promise.resolve({ races: [], close: stop })
    })
    await runSuite(suite, EFFORT)
    expect(stops).to.equal(1)
  })

  it('ends the rest when one thing does not end', async () => {
    const stopped: string[] = []
    const suite = suiteOf(() => {
      noteRunning(() => Promise.resolve(void stopped.push('database')))
      noteRunning(() => Promise.reject(new Error('hangs')))
      return Promise.resolve({ races: [] })
    })
    expect(await messageOf(runSuite(suite, EFFORT))).to.contain('not everything')
    expect(stopped).to.deep.equal(['database'])
  })
})
