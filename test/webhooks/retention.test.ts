import { expect } from 'chai'
import type { Knex } from 'knex'
import { createEventsService } from '../../lib/webhooks/events-service.ts'
import { createFanOutService } from '../../lib/webhooks/fan-out-service.ts'
import { createRetentionService } from '../../lib/webhooks/retention-service.ts'
import { cloneDatabase, type TestDatabase } from '../helpers/database.ts'

describe('the retention of events', () => {
  let database: TestDatabase
  let db: Knex
  const signal = new AbortController().signal

  beforeEach(async () => {
    database = await cloneDatabase()
    db = database.db
    for (const id of ['whk_kept', 'whk_gone']) {
      await db.raw(
        `insert into webhooks (webhook_id, kind, url, topics, patterns, headers, secret, created_by, updated_by)
         values (?, 'rest', 'https://hooks.example', '{*}', '{*}', '{}', 'secret', 'key_1', 'key_1')`,
        [id],
      )
    }
  })
  afterEach(() => database.drop())

  const record = (id: string) =>
    createEventsService().record(db, {
      type: 'order.created',
      resource: { type: 'order', id },
      locationId: null,
      merchantId: null,
      data: {},
    })
  const age = (id: string, days: number) =>
    db.raw(`update events set created_at = now() - ? * interval '1 day' where resource_id = ?`, [days, id])
  const count = async (table: string): Promise<number> => {
    const { rows } = await db.raw('select count(*)::integer as count from ??', [table])
    return rows[0].count
  }
  const prune = () => createRetentionService({ db }).prune(signal)

  it('removes events of more than fourteen days with their deliveries, and numbers go on', async () => {
    for (const id of ['old', 'new']) await record(id)
    await createFanOutService({ db }).publish()
    await age('old', 14.01)
    await age('new', 13.99)
    await prune()
    expect([await count('events'), await count('webhook_deliveries')]).to.deep.equal([1, 2])
    await record('old')
    const { rows } = await db.raw(`select sequence from events where resource_id = 'old'`)
    expect(rows).to.deep.equal([{ sequence: 2 }])
  })

  it('leaves alone what was never published', async () => {
    await record('old')
    await age('old', 100)
    await prune()
    expect(await count('events')).to.equal(1)
  })

  it('takes away what deleted webhooks left, and them', async () => {
    await record('new')
    await createFanOutService({ db }).publish()
    await db.raw(`update webhooks set deleted_at = now() where webhook_id = 'whk_gone'`)
    await prune()
    expect([await count('webhooks'), await count('webhook_deliveries')]).to.deep.equal([1, 1])
  })

  it('takes more than it removes at once, and stops when asked to', async () => {
    for (let number = 0; number < 3; number += 1) await record(`old ${number}`)
    await db.raw(`insert into events (event_id, type, resource_type, resource_id, sequence, data, stream_position, created_at)
      select 'evt_' || number, 'order.created', 'order', 'many', number, '{}', 1000000 + number, now() - interval '15 days'
      from generate_series(1, 2500) as number`)
    await createRetentionService({ db }).prune(AbortSignal.abort())
    expect(await count('events')).to.equal(2503)
    await prune()
    expect(await count('events')).to.equal(3)
  })
})
