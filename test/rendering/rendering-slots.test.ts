import { expect } from 'chai'
import { RenderingSlots } from '../../lib/rendering/rendering-slots.ts'

/** The one slot is taken until `free` is called; then work goes in the order of its turns. */
function heldSlot(slots: RenderingSlots) {
  let end: (() => void) | undefined
  const held = slots.run(() => new Promise<void>((resolve) => (end = resolve)))
  const order: string[] = []
  const work = (name: string, isLater: boolean) =>
    slots.run(
      async () => {
        order.push(name)
      },
      { isLater },
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
})
