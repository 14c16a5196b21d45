import { expect } from 'chai'
import type { Knex } from 'knex'
import type { Caller } from '../../lib/access/caller.ts'
import { createDatabase } from '../../lib/db/database.ts'
import type { DeliveryClaim, DeliveryOutcome } from '../../lib/webhooks/delivery.ts'
import { createEventsService } from '../../lib/webhooks/events-service.ts'
import { createWebhookServices, type WebhookServices } from '../../lib/webhooks/webhook-services.ts'
import { cloneDatabase, type TestDatabase } from '../helpers/database.ts'

const CALLER: Caller = {
  kind: 'key',
  id: 'key_1',
  name: 'test',
  role: null,
  scopes: [],
  merchantId: null,
  locationId: null,
}
const WEBHOOK_ID = 'whk_1'
const LIST = {
  page: 1,
  limit: 100,
  orderBy: 'created_at',
  direction: 'asc',
  createdFrom: null,
  createdTo: null,
  updatedFrom: null,
  updatedTo: null,
} as const

describe('the claims of deliveries', () => {
  let database: TestDatabase
  let db: Knex
  let services: WebhookServices
  let webhookNumber: number

  beforeEach(async () => {
    database = await cloneDatabase()
    db = database.db
    services = createWebhookServices({ db, guard: { refusesLiteral: () => false }, observe: () => undefined })
    const { rows } = await db.raw(
      `insert into webhooks (webhook_id, kind, url, topics, patterns, headers, secret, created_by, updated_by)
       values (?, 'rest', 'https://hooks.example', '{*}', '{*}', '{}', 'secret', 'key_1', 'key_1') returning webhook_number`,
      [WEBHOOK_ID],
    )
    webhookNumber = Number(rows[0].webhook_number)
  })
  afterEach(() => database.drop())

  async function happen(...resources: readonly string[]): Promise<void> {
    for (const id of resources) {
      await createEventsService().record(db, {
        type: 'order.created',
        resource: { type: 'order', id },
        locationId: null,
        merchantId: null,
        data: { id },
      })
    }
    while (await services.fanOut.publish()) continue
  }
  const claimAll = (claimsMax: number) => services.deliveries.proceed(webhookNumber, { ended: [], claimsMax })
  const claim = async () => (await claimAll(1))[0]
  const record = async (found: DeliveryClaim, outcome: DeliveryOutcome) => {
    await services.deliveries.proceed(webhookNumber, { ended: [{ claim: found, outcome }], claimsMax: 0 })
  }
  const nameOf = (found: DeliveryClaim | undefined) =>
    found && `${found.event.data['id']}#${found.event.sequence}`
  const claimNames = async (count: number) => {
    const names: (string | undefined)[] = []
    for (let number = 0; number < count; number += 1) names.push(nameOf(await claim()))
    return names
  }
  const outcome = (status: DeliveryOutcome['status'], inMs = 0): DeliveryOutcome => ({
    attempt: { at: new Date(), statusCode: status === 'delivered' ? 200 : 500, error: null, durationMs: 1 },
    status,
    nextAttemptAt: status === 'pending' ? new Date(Date.now() + inMs) : null,
    disabledReason: null,
  })
  const list = async () =>
    (await services.deliveries.list(CALLER, { webhookId: WEBHOOK_ID, filter: {} }, LIST)).items

  it('are four at a time at most, whoever asks', async () => {
    await happen('a', 'b', 'c', 'd', 'e', 'f')
    const found = await Promise.all(Array.from({ length: 8 }, claim))
    expect(found.filter(Boolean).map(nameOf)).to.have.members(['a#1', 'b#1', 'c#1', 'd#1'])
    await record(found.find(Boolean) as DeliveryClaim, outcome('delivered'))
    expect(await claimNames(2)).to.deep.equal(['e#1', undefined])
  })

  it('are as many in one go as are asked for, the longest due first, and of a resource the first alone', async () => {
    await happen('a', 'a', 'b', 'a', 'c', 'd', 'e')
    expect((await claimAll(2)).map(nameOf)).to.deep.equal(['a#1', 'b#1'])
    expect((await claimAll(100)).map(nameOf)).to.deep.equal(['c#1', 'd#1'])
    expect(await claimAll(100)).to.deep.equal([])
  })

  it('are four at a time over all processes, however many each asks for at once', async () => {
    await happen('a', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h')
    const others = [1, 2, 3].map(() => createDatabase({ connectionString: database.url }))
    const processes = [db, ...others].map((one) =>
      createWebhookServices({ db: one, guard: { refusesLiteral: () => false }, observe: () => undefined }),
    )
    // Each has its connection, so that they ask at the same moment.
    await Promise.all(others.map((other) => other.raw('select 1')))
    const underWay = new Map<string, DeliveryClaim>()
    const names: string[] = []
    for (let round = 0; round < 4; round += 1) {
      const ended = [...underWay.values()].map((found) => ({ claim: found, outcome: outcome('delivered') }))
      underWay.clear()
      const found = await Promise.all(
        processes.map(({ deliveries }, number) =>
          // What is recorded by one is free for all of them, whoever is first.
          deliveries.proceed(webhookNumber, { ended: number === 0 ? ended : [], claimsMax: 4 }),
        ),
      )
      for (const delivery of found.flat()) {
        expect(underWay.has(delivery.deliveryId)).to.equal(false)
        underWay.set(delivery.deliveryId, delivery)
        names.push(nameOf(delivery) ?? '')
      }
      expect(underWay.size).to.be.at.most(4)
    }
    expect(new Set(names).size).to.equal(names.length)
    expect(names).to.have.length.of.at.least(8)
    expect(names.indexOf('a#1')).to.be.below(names.indexOf('a#2'))
    for (const other of others) await other.destroy()
  })

  it('come with what became of those before, which frees the next of its resource', async () => {
    await happen('a', 'a', 'b', 'c', 'd', 'e')
    const [a, b, c, d] = (await claimAll(4)) as [DeliveryClaim, DeliveryClaim, DeliveryClaim, DeliveryClaim]
    const next = await services.deliveries.proceed(webhookNumber, {
      ended: [
        { claim: a, outcome: outcome('delivered') },
        { claim: b, outcome: outcome('pending', 3_600_000) },
        { claim: c, outcome: outcome('failed') },
      ],
      claimsMax: 4,
    })
    expect(next.map(nameOf)).to.deep.equal(['a#2', 'e#1'])
    const states = new Map(
      (await list()).map(({ deliveryId, status, attempts }) => [deliveryId, [status, attempts.length]]),
    )
    expect([a, b, c, d].map(({ deliveryId }) => states.get(deliveryId))).to.deep.equal([
      ['delivered', 1],
      ['pending', 1],
      ['failed', 1],
      ['pending', 0],
    ])
  })

  it('are none in the go in which the receiver has said that it is gone', async () => {
    await happen('a', 'b')
    const first = (await claim()) as DeliveryClaim
    const gone = { ...outcome('failed'), disabledReason: 'the receiver answered 410 Gone' }
    const turn = { ended: [{ claim: first, outcome: gone }], claimsMax: 4 }
    expect(await services.deliveries.proceed(webhookNumber, turn)).to.deep.equal([])
    expect((await services.webhooks.get(CALLER, WEBHOOK_ID)).status).to.equal('disabled')
    expect((await list()).map(({ status }) => status)).to.deep.equal(['failed', 'pending'])
  })

  it('are none where what became of the others cannot be recorded: all of it stays as it was', async () => {
    await happen('a', 'b', 'c')
    const [a, b] = (await claimAll(2)) as [DeliveryClaim, DeliveryClaim]
    const { attempt, ...rest } = outcome('failed')
    const unstorable = { ...rest, attempt: { ...attempt, error: 'nothing holds \u0000' } }
    const turn = (unlucky: DeliveryOutcome) => ({
      ended: [
        { claim: a, outcome: outcome('delivered') },
        { claim: b, outcome: unlucky },
      ],
      claimsMax: 4,
    })
    const refusal = await services.deliveries
      .proceed(webhookNumber, turn(unstorable))
      .catch((error: unknown) => error)
    expect(String(refusal)).to.include('unsupported Unicode escape sequence')
    expect((await list()).map(({ status, attempts }) => [status, attempts.length])).to.deep.equal([
      ['pending', 0],
      ['pending', 0],
      ['pending', 0],
    ])
    const next = await services.deliveries.proceed(webhookNumber, turn(outcome('failed')))
    expect(next.map(nameOf)).to.deep.equal(['c#1'])
    expect((await list()).map(({ status }) => status)).to.deep.equal(['delivered', 'failed', 'pending'])
  })

  it('that end twice in one go, once too late, count once and are logged twice', async () => {
    await happen('a')
    const lost = (await claim()) as DeliveryClaim
    await db.raw('update webhook_deliveries set lease_expires_at = now()')
    const again = (await claim()) as DeliveryClaim
    const ended = [
      { claim: again, outcome: outcome('delivered') },
      { claim: lost, outcome: outcome('pending', 1) },
    ]
    expect(await services.deliveries.proceed(webhookNumber, { ended, claimsMax: 4 })).to.deep.equal([])
    const [delivery] = await list()
    expect([delivery?.status, delivery?.attempts.length]).to.deep.equal(['delivered', 2])
  })

  it('wait for earlier first attempts of the resource, and for no retry', async () => {
    await happen('a', 'a', 'a', 'b')
    const first = (await claim()) as DeliveryClaim
    expect(nameOf(first)).to.equal('a#1')
    expect(await claimNames(2)).to.deep.equal(['b#1', undefined])
    await record(first, outcome('pending', 3_600_000))
    expect(await claimNames(2)).to.deep.equal(['a#2', undefined])
  })

  it('are given again once a lease has ended, and the late result is only logged', async () => {
    await happen('a')
    const lost = (await claim()) as DeliveryClaim
    expect(await claim()).to.equal(undefined)
    await db.raw('update webhook_deliveries set lease_expires_at = now()')
    const again = (await claim()) as DeliveryClaim
    expect(again.deliveryId).to.equal(lost.deliveryId)
    await record(lost, outcome('failed'))
    const [pending] = await list()
    expect([pending?.status, pending?.attempts.length]).to.deep.equal(['pending', 1])
    await record(again, outcome('delivered'))
    const [ended] = await list()
    expect([ended?.status, ended?.attempts.length]).to.deep.equal(['delivered', 2])
  })

  it('are not swallowed when somebody asks for the delivery while it is under way', async () => {
    await happen('a')
    const running = (await claim()) as DeliveryClaim
    await services.deliveries.redeliver(CALLER, { webhookId: WEBHOOK_ID, deliveryId: running.deliveryId })
    await record(running, outcome('delivered'))
    expect((await list())[0]?.status).to.equal('pending')
    expect(nameOf(await claim())).to.equal('a#1')
  })

  it('begin a new schedule when somebody asks for the delivery anew', async () => {
    await happen('a')
    for (let tries = 0; tries < 3; tries += 1) {
      const found = (await claim()) as DeliveryClaim
      expect(found.tries).to.equal(tries)
      await record(found, outcome(tries === 2 ? 'failed' : 'pending'))
    }
    const [failed] = await list()
    await services.deliveries.redeliver(CALLER, {
      webhookId: WEBHOOK_ID,
      deliveryId: failed?.deliveryId ?? '',
    })
    expect((await claim())?.tries).to.equal(0)
  })

  it('find the first of a resource though it was asked for anew and hundreds wait for it', async () => {
    await happen(...Array.from({ length: 520 }, () => 'a'))
    const [first] = await list()
    await services.deliveries.redeliver(CALLER, {
      webhookId: WEBHOOK_ID,
      deliveryId: first?.deliveryId ?? '',
    })
    expect(await claimNames(2)).to.deep.equal(['a#1', undefined])
  }).timeout(20_000)

  it('log the newest fifty attempts', async () => {
    await happen('a')
    for (let number = 0; number < 53; number += 1) {
      const found = (await claim()) as DeliveryClaim
      const { attempt, ...rest } = outcome('pending')
      await record(found, { ...rest, attempt: { ...attempt, durationMs: number } })
    }
    const attempts = (await list())[0]?.attempts ?? []
    expect(attempts).to.have.length(50)
    expect([attempts[0]?.durationMs, attempts.at(-1)?.durationMs]).to.deep.equal([3, 52])
  })

  it('take nothing of a webhook that is held, disabled or deleted', async () => {
    await happen('a')
    await db.raw('update webhooks set held_at = now()')
    expect(await claim()).to.equal(undefined)
    await db.raw('update webhooks set held_at = null')
    await db.raw(`update webhooks set status = 'disabled'`)
    expect(await claim()).to.equal(undefined)
    await db.raw(`update webhooks set status = 'enabled', deleted_at = now()`)
    expect(await claim()).to.equal(undefined)
  })

  it('are woken again by a look for what nobody is sending', async () => {
    await happen('a')
    await db.raw('delete from graphile_worker._private_jobs')
    await services.deliveries.enqueueOverdue()
    const jobs = () => db.raw('select count(*)::integer as count from graphile_worker.jobs')
    expect((await jobs()).rows[0].count).to.equal(0)
    await db.raw(`update webhook_deliveries set next_attempt_at = now() - interval '1 minute'`)
    await services.deliveries.enqueueOverdue()
    await services.deliveries.enqueueOverdue()
    expect((await jobs()).rows[0].count).to.equal(1)
  })
})
