import { expect } from 'chai'
import { NotFoundError } from '../../lib/errors.ts'
import { createSharedLook } from '../../lib/print-jobs/shared-look.ts'

interface Begun {
  readonly name: string
  end(found: string | null): void
  fail(error: Error): void
}

/** Looks that begin when they may, and end when the test says so. */
function aLook(options: { atOnceMax: number }) {
  const shared = createSharedLook<string>(options)
  const begun: Begun[] = []
  const gone = new Set<string>()
  const look = (name: string, what = 'station') =>
    shared.look(what, {
      isWanted: () => !gone.has(name),
      find: () =>
        new Promise((resolve, reject) => {
          begun.push({ name, end: resolve, fail: reject })
        }),
    })
  const names = () => begun.map(({ name }) => name)
  const last = () => begun.at(-1) as Begun
  return { look, names, last, gone }
}

const turns = () => new Promise((resolve) => setImmediate(resolve))

describe('a shared look', () => {
  it('that finds nothing is the look of all who stood behind it when it began, and of nobody who came later', async () => {
    const { look, names, last } = aLook({ atOnceMax: 4 })
    const first = look('a')
    await turns()
    const behind = [look('b'), look('c')]
    last().end(null)
    expect(await first).to.equal(null)
    // They came after it had begun: one of them looks for both.
    await turns()
    expect(names()).to.deep.equal(['a', 'b'])
    const later = look('d')
    last().end(null)
    expect(await Promise.all(behind)).to.deep.equal([null, null])
    await turns()
    expect(names()).to.deep.equal(['a', 'b', 'd'])
    last().end('job')
    expect(await later).to.equal('job')
  })

  it('that finds something lets the next one look', async () => {
    const { look, names, last } = aLook({ atOnceMax: 4 })
    const all = [look('a'), look('b'), look('c')]
    for (const found of ['job 1', 'job 2', null]) {
      await turns()
      last().end(found)
    }
    expect(await Promise.all(all)).to.deep.equal(['job 1', 'job 2', null])
    expect(names()).to.deep.equal(['a', 'b', 'c'])
  })

  it('of one who has gone says nothing to the others', async () => {
    const { look, names, last, gone } = aLook({ atOnceMax: 4 })
    const all = [look('a'), look('b'), look('c')]
    await turns()
    gone.add('b')
    last().end('job 1')
    await turns()
    expect(names()).to.deep.equal(['a', 'c'])
    last().end('job 2')
    expect(await Promise.all(all)).to.deep.equal(['job 1', null, 'job 2'])
  })

  it('that fails fails for those behind it, but for a refusal, which is the caller’s own', async () => {
    const { look, names, last } = aLook({ atOnceMax: 4 })
    const first = look('a')
    const behind = Promise.allSettled([look('b'), look('c'), look('d')])
    await turns()
    last().end('job')
    await first
    await turns()
    last().fail(new NotFoundError('station', 'b'))
    await turns()
    expect(names()).to.deep.equal(['a', 'b', 'c'])
    last().fail(new Error('no connection'))
    const reasons = (await behind).map((result) => (result.status === 'rejected' ? result.reason : null))
    expect(reasons.map(String)).to.deep.equal([
      'DomainError: no such station',
      'Error: no connection',
      'Error: no connection',
    ])
  })

  it('waits while as many others run as may', async () => {
    const { look, names, last } = aLook({ atOnceMax: 2 })
    const all = ['a', 'b', 'c'].map((name) => look(name, name))
    await turns()
    expect(names()).to.deep.equal(['a', 'b'])
    last().end(null)
    await turns()
    expect(names()).to.deep.equal(['a', 'b', 'c'])
    last().end('job')
    expect(await Promise.all(all.slice(1))).to.deep.equal([null, 'job'])
  })
})
