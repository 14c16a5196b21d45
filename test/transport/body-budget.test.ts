import type { IncomingMessage } from 'node:http'
import { expect } from 'chai'
import { announcedBytes, createBodyBudget } from '../../lib/transport/http/body-budget.ts'

const LIMITS = { callerBytes: 10, totalBytes: 25, waitMs: 60_000, waitersMax: 3 }

describe('the budget of bodies', () => {
  it('lets a caller hold its share and no more, and nobody more than there is', async () => {
    const budget = createBodyBudget(LIMITS)
    const order: string[] = []
    const enter = (caller: string, bytes: number) =>
      budget.enter(caller, bytes).then((leave) => {
        order.push(`${caller}${bytes}`)
        return leave
      })
    const first = await enter('a', 10)
    const large = enter('a', 9)
    const small = enter('a', 1)
    await enter('b', 10)
    const other = enter('c', 10)
    expect(order).to.deep.equal(['a10', 'b10'])
    expect(await budget.enter('d', 30)).to.equal(null)
    first?.()
    first?.()
    await Promise.all([large, small])
    expect(order).to.deep.equal(['a10', 'b10', 'a9', 'a1'])
    ;(await large)?.()
    await other
    expect(order).to.deep.equal(['a10', 'b10', 'a9', 'a1', 'c10'])
  })

  it('gives up after a while, and lets those behind go on', async () => {
    const budget = createBodyBudget({ ...LIMITS, waitMs: 20 })
    await budget.enter('a', 5)
    const late = budget.enter('a', 9)
    const behind = budget.enter('a', 5)
    expect(await late).to.equal(null)
    expect(await behind).to.be.a('function')
  })

  it('believes a length, and takes the most for none', () => {
    const bytesOf = (headers: IncomingMessage['headers']) =>
      announcedBytes({ headers } as unknown as IncomingMessage, 100)
    expect(bytesOf({ 'content-length': '7' })).to.equal(7)
    expect(bytesOf({ 'content-length': '1000' })).to.equal(100)
    expect(bytesOf({ 'transfer-encoding': 'chunked' })).to.equal(100)
    expect(bytesOf({})).to.equal(0)
  })
})
