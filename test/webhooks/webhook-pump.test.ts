import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect } from 'chai'
import type { DeliveryClaim, DeliveryOutcome } from '../../lib/webhooks/delivery.ts'
import { WebhookPumps } from '../../lib/webhooks/webhook-pump.ts'
import { eventually } from '../helpers/eventually.ts'

/** Queues in memory; the rules of claiming itself are tested on the database. */
class Queues {
  readonly due = new Map<number, number>()
  readonly log: number[] = []
  readonly errors: unknown[] = []
  underWay = 0
  underWayMost = 0
  /** Whoever sends waits for it. */
  gate: Promise<void> = Promise.resolve()

  readonly pumps = new WebhookPumps({
    deliveries: {
      proceed: (webhookNumber, { claimsMax }) => {
        const left = this.due.get(webhookNumber) ?? 0
        if (left === -1) return Promise.reject(new Error('no database'))
        const count = Math.min(left, claimsMax)
        this.due.set(webhookNumber, left - count)
        const claim = { webhook: { webhookNumber } } as unknown as DeliveryClaim
        return Promise.resolve(Array.from({ length: count }, () => claim))
      },
    },
    attempt: async ({ webhook: { webhookNumber } }) => {
      this.underWay += 1
      this.underWayMost = Math.max(this.underWayMost, this.underWay)
      await this.gate
      await nextTurn()
      this.underWay -= 1
      return {} as DeliveryOutcome
    },
    onRecorded: ({ claim }) => this.log.push(claim.webhook.webhookNumber),
    onError: (error) => this.errors.push(error),
  })
}

describe('the turns of webhooks', () => {
  const sent = (queues: Queues, count: number) =>
    eventually(`${count} are sent`, () => (queues.log.length >= count ? true : undefined))

  it('send all that is due, four at a time', async () => {
    const queues = new Queues()
    queues.due.set(1, 250)
    queues.pumps.wake(1)
    await sent(queues, 250)
    expect(queues.log).to.have.length(250)
    expect(queues.underWayMost).to.equal(4)
    await queues.pumps.stop()
  })

  it('let another webhook in between, however long a queue is', async () => {
    const queues = new Queues()
    for (let webhook = 1; webhook <= 65; webhook += 1) queues.due.set(webhook, 150)
    for (let webhook = 1; webhook <= 65; webhook += 1) queues.pumps.wake(webhook)
    await sent(queues, 65 * 150)
    expect(queues.log.indexOf(65)).to.be.at.most(64 * 100)
    await queues.pumps.stop()
  })

  it('lose no wake that comes while every lane is busy', async () => {
    const queues = new Queues()
    let open = (): void => undefined
    queues.gate = new Promise((resolve) => (open = resolve))
    queues.due.set(1, 4)
    queues.pumps.wake(1)
    await eventually('four are under way', () => (queues.underWay === 4 ? true : undefined))
    queues.due.set(1, 2)
    queues.pumps.wake(1)
    open()
    await sent(queues, 6)
    await queues.pumps.stop()
  })

  it('end with an error and begin again with the next wake', async () => {
    const queues = new Queues()
    queues.due.set(1, -1)
    queues.pumps.wake(1)
    await eventually('the error is told', () => (queues.errors.length > 0 ? true : undefined))
    queues.due.set(1, 1)
    await eventually('a wake is heeded', () => {
      queues.pumps.wake(1)
      return queues.log.length > 0 ? true : undefined
    })
    await queues.pumps.stop()
  })

  it('claim nothing more once stopped, and wait for what is under way', async () => {
    const queues = new Queues()
    let open = (): void => undefined
    queues.gate = new Promise((resolve) => (open = resolve))
    queues.due.set(1, 10)
    queues.pumps.wake(1)
    await eventually('four are under way', () => (queues.underWay === 4 ? true : undefined))
    let hasStopped = false
    const stopped = queues.pumps.stop().then(() => (hasStopped = true))
    queues.pumps.wake(2)
    expect(hasStopped).to.equal(false)
    open()
    await stopped
    expect(queues.log).to.deep.equal([1, 1, 1, 1])
  })
})
