import { expect } from 'chai'
import type { Knex } from 'knex'
import { createEventsService } from '../../lib/webhooks/events-service.ts'
import { createFanOutService } from '../../lib/webhooks/fan-out-service.ts'
import { cloneDatabase, type TestDatabase } from '../helpers/database.ts'

describe('the fan-out of events', () => {
  let database: TestDatabase
  let db: Knex
  const events = createEventsService()

  beforeEach(async () => {
    database = await cloneDatabase()
    db = database.db
    await db.raw(
      `insert into webhooks (webhook_id, kind, url, topics, patterns, headers, secret, created_by, updated_by)
       values ('whk_all', 'rest', 'https://hooks.example', '{*}', '{*}', '{}', 'secret', 'key_1', 'key_1')`,
    )
  })
  afterEach(() => database.drop())

  const record = (trx: Knex, id: string) =>
    events.record(trx, {
      type: 'order.created',
      resource: { type: 'order', id },
      locationId: null,
      merchantId: null,
      data: { id },
    })
  const published = async (): Promise<string[]> => {
    const { rows } = await db.raw(
      `select resource_id || '#' || sequence as name from events where stream_position is not null order by stream_position`,
    )
    return rows.map(({ name }: { name: string }) => name)
  }
  const delivered = async (): Promise<string[]> => {
    const { rows } = await db.raw(
      `select resource_id || '#' || sequence as name from webhook_deliveries order by increment_id`,
    )
    return rows.map(({ name }: { name: string }) => name)
  }

  it('skips none that commits after a later one', async () => {
    const fanOut = createFanOutService({ db })
    const early = await db.transaction()
    const late = await db.transaction()
    await record(early, 'early')
    await record(late, 'late')
    await late.commit()
    await fanOut.publish()
    expect(await published()).to.deep.equal(['late#1'])
    await early.commit()
    await fanOut.publish()
    expect(await published()).to.deep.equal(['late#1', 'early#1'])
    expect(await delivered()).to.deep.equal(['late#1', 'early#1'])
  })

  it('waits for no older transaction, and takes nothing of one that is rolled back', async () => {
    const fanOut = createFanOutService({ db })
    const endless = await db.transaction()
    await record(endless, 'undone')
    await record(db, 'done')
    await fanOut.publish()
    expect(await published()).to.deep.equal(['done#1'])
    await endless.rollback()
    await fanOut.publish()
    expect(await published()).to.deep.equal(['done#1'])
  })

  it('keeps the order of a resource, though the transaction of the second event began first', async () => {
    const fanOut = createFanOutService({ db })
    const second = await db.transaction()
    // It has the lower transaction id from here on.
    await second.raw('select pg_current_xact_id()')
    const first = await db.transaction()
    await record(first, 'R')
    await first.commit()
    await record(second, 'R')
    await second.commit()
    const { rows } = await db.raw('select sequence, xmin::text::bigint as xid from events order by sequence')
    expect(Number(rows[1].xid)).to.be.below(Number(rows[0].xid))
    await fanOut.publish()
    expect(await published()).to.deep.equal(['R#1', 'R#2'])
    expect(await delivered()).to.deep.equal(['R#1', 'R#2'])
  })

  it('numbers the events of a resource by one, without gaps or repeats, when many write at once', async () => {
    await Promise.all(Array.from({ length: 12 }, () => db.transaction((trx) => record(trx, 'busy'))))
    const { rows } = await db.raw('select sequence from events order by sequence')
    expect(rows.map(({ sequence }: { sequence: number }) => sequence)).to.deep.equal(
      Array.from({ length: 12 }, (_, index) => index + 1),
    )
  })

  it('makes one delivery per event and webhook, though several processes publish at once', async () => {
    for (let number = 0; number < 30; number += 1) await record(db, `order ${number}`)
    const services = Array.from({ length: 4 }, () => createFanOutService({ db }))
    await Promise.all(services.map((service) => service.publish()))
    await services[0]?.publish()
    expect(await delivered()).to.have.length(30)
    expect(new Set(await delivered()).size).to.equal(30)
    const { rows } = await db.raw(`select increment_id from webhook_deliveries order by list_position`)
    expect(rows.map((row: { increment_id: string }) => Number(row.increment_id))).to.deep.equal(
      Array.from({ length: 30 }, (_, index) => index + 1),
    )
  })

  it('goes on through more than it takes at once', async () => {
    for (let number = 0; number < 105; number += 1) await record(db, `order ${number}`)
    const fanOut = createFanOutService({ db })
    expect(await fanOut.publish()).to.equal(true)
    expect(await fanOut.publish()).to.equal(false)
    expect(await delivered()).to.have.length(105)
  })
})
