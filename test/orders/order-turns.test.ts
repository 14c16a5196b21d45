import { expect } from 'chai'
import { createOrderTurns } from '../../lib/orders/order-turns.ts'
import { eventually } from '../helpers/eventually.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

describe('turns at an order', () => {
  it('are taken one after the other, and a failure stops nobody', async () => {
    const turns = createOrderTurns({ waitingMax: 10 })
    const seen: string[] = []
    const work = (name: string) => async () => {
      seen.push(`${name} begins`)
      await Promise.resolve()
      seen.push(`${name} ends`)
      if (name === 'b') throw new Error(name)
      return name
    }
    const results = await Promise.allSettled(['a', 'b', 'c'].map((name) => turns.take(1, work(name))))
    expect(results.map(({ status }) => status)).to.deep.equal(['fulfilled', 'rejected', 'fulfilled'])
    expect(seen).to.deep.equal(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
  })

  it('are refused when too many wait, and free again when they have gone', async () => {
    const turns = createOrderTurns({ waitingMax: 1 })
    let end = (): void => undefined
    const first = turns.take(1, () => new Promise<void>((resolve) => (end = resolve)))
    const second = turns.take(1, () => Promise.resolve('second'))
    const refused = await turns.take(1, () => Promise.resolve()).catch((error: unknown) => error)
    expect(refused).to.include({ code: 'unavailable' })
    expect(await turns.take(2, () => Promise.resolve('another order'))).to.equal('another order')
    end()
    await first
    expect(await second).to.equal('second')
    expect(await turns.take(1, () => Promise.resolve('third'))).to.equal('third')
  })

  describe('of a server', () => {
    let server: TestServer
    before(async () => {
      server = await startServer()
    })
    after(() => server.stop())

    it('keep those who wait for one order from the connections that others need', async () => {
      const order = (id: string) =>
        server.rpc.call('order.create', [null, { 'SKU-1': 1 }, null, { unique_id: id }])
      await order('held')
      await order('free')
      const held = await server.db.transaction()
      await held.raw(`select from orders where unique_id = 'held' for update`)
      const waiting = Array.from({ length: 30 }, (_, index) =>
        server.rpc.call('order_instruction.create', ['held', `note ${index}`]),
      )
      await eventually('one of them waits for the lock', async () => {
        const { rows } = await server.db.raw(
          `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        )
        return rows.length > 0 ? true : undefined
      })
      const made = await server.rpc.call('order_instruction.create', ['free', 'goes through'])
      expect(made.note).to.equal('goes through')
      await held.rollback()
      const notes = (await Promise.all(waiting)).map(({ note }) => note)
      expect(notes).to.have.members(Array.from({ length: 30 }, (_, index) => `note ${index}`))
      expect(await server.rpc.call('order_instruction.list', ['held'])).to.have.length(30)
    })
  })
})
