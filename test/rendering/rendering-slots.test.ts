import { expect } from 'chai'
import { RenderingSlots } from '../../lib/rendering/rendering-slots.ts'

/** The one slot is taken until `free` is called; then work goes in the order of its turns. */
function heldSlot(slots: RenderingSlots) {
  let end: (() => void) | undefined
  const held = slots.run(() => new Promise<void>((resolve) => (end = resolve)))
  const order: string[] = []
  const work = (name: string, isLater: boolean, wanted = new AbortController()) =>
    slots.run(
      async () => {
        order.push(name)
      },
      { untilWanted: isLater ? wanted.signal : undefined },
    )
  return { order, work, free: () => end?.(), held }
}

describe('turns of rendering', () => {
  it('come first to what somebody waits for', async () => {
    const { order, work, free, held } = heldSlot(new RenderingSlots(1, 10))
    const all = [work('later 1', true), work('later 2', true), work('now 1', false), work('now 2', false)]
    await Promise.resolve()
    free()
    await Promise.all([held, ...all])
    expect(order).to.deep.equal(['now 1', 'now 2', 'later 1', 'later 2'])
  })

  it('come to what was wanted later as soon as somebody waits for it', async () => {
    const { order, work, free, held } = heldSlot(new RenderingSlots(1, 10))
    const wanted = [new AbortController(), new AbortController()]
    const before = [work('now 1', false), work('later 1', true), work('later 2', true, wanted[0])]
    await Promise.resolve()
    wanted[0]?.abort()
    wanted[1]?.abort()
    const after = [work('now 2', false), work('wanted before it came', true, wanted[1])]
    free()
    await Promise.all([held, ...before, ...after])
    expect(order).to.deep.equal(['now 1', 'later 2', 'now 2', 'wanted before it came', 'later 1'])
  })

  it('come to what is wanted later too, however much comes before it', async () => {
    const { order, work, free, held } = heldSlot(new RenderingSlots(1, 100))
    const later = work('later', true)
    const others = Array.from({ length: 30 }, () => work('now', false))
    await Promise.resolve()
    free()
    await Promise.all([held, later, ...others])
    expect(order.indexOf('later')).to.equal(16)
  })

  it('are refused to both beyond the queue, and when the pool closes', async () => {
    const slots = new RenderingSlots(1, 2)
    const { work, free, held } = heldSlot(slots)
    const waiting = [work('later', true), work('now', false)]
    const refused = await Promise.allSettled([work('one more', true), work('one more', false)])
    expect(refused.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected'])
    slots.close()
    const closed = await Promise.allSettled(waiting)
    expect(closed.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected'])
    free()
    await held
  })

  describe('of owners', () => {
    const forever = () => new Promise<never>(() => undefined)
    const settled = () => new Promise((resolve) => setImmediate(resolve))

    it('leave one slot to others, whoever fills the queue', async () => {
      const slots = new RenderingSlots(2, 100)
      const hog = { id: 'mer_1' }
      let hogs = 0
      for (let count = 0; count < 20; count += 1) {
        const work = () => {
          hogs += 1
          return forever()
        }
        void slots.run(work, { owner: hog }).catch(() => undefined)
      }
      await settled()
      expect(hogs).to.equal(1)
      const answers: string[] = []
      for (const id of ['mer_2', 'mer_3']) {
        await slots.run(() => Promise.resolve(answers.push(id)), { owner: { id } })
      }
      await slots.run(() => Promise.resolve(answers.push('server')))
      expect(answers).to.deep.equal(['mer_2', 'mer_3', 'server'])
    })

    it('come round: whose turn is longest ago goes first', async () => {
      const slots = new RenderingSlots(1, 100)
      const { free, held } = heldSlot(slots)
      const order: string[] = []
      const work = (id: string) => slots.run(() => Promise.resolve(order.push(id)), { owner: { id } })
      const all = [...['a', 'a', 'a', 'a', 'b', 'b', 'c'].map(work)]
      await settled()
      free()
      await Promise.all([held, ...all])
      expect(order.join('')).to.equal('abcabaa')
    })

    it('may have half of the queue each', async () => {
      const slots = new RenderingSlots(1, 4)
      const { free, held } = heldSlot(slots)
      const work = (id: string) => slots.run(() => Promise.resolve(), { owner: { id } })
      const first = ['a', 'a', 'b'].map(work)
      const [third] = await Promise.allSettled([work('a')])
      expect(third.status).to.equal('rejected')
      free()
      await Promise.all([held, ...first])
    })

    it('end when nobody waits any more', async () => {
      const slots = new RenderingSlots(1, 4)
      const { free, held } = heldSlot(slots)
      const gone = new AbortController()
      let isDone = false
      const dropped = slots
        .run(
          async () => {
            isDone = true
          },
          { owner: { id: 'a', gone: gone.signal } },
        )
        .catch((error: unknown) => String(error))
      await settled()
      gone.abort()
      expect(await dropped).to.include('nobody waits')
      const after = slots.run(() => Promise.resolve('after'), { owner: { id: 'a' } })
      free()
      await held
      expect(await after).to.equal('after')
      expect(isDone).to.equal(false)
    })
  })
})
