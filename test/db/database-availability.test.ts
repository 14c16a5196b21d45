import { once } from 'node:events'
import { connect } from 'node:net'
import { expect } from 'chai'
import type { Knex } from 'knex'
import { createDatabase } from '../../lib/db/database.ts'
import { isDatabaseUnavailable } from '../../lib/db/database-availability.ts'
import { cloneDatabase, type TestDatabase } from '../helpers/database.ts'

describe('an unavailable database', () => {
  let database: TestDatabase
  let outside: Knex

  before(async () => {
    database = await cloneDatabase()
    outside = createDatabase({ connectionString: urlOf('postgres') })
  })
  after(async () => {
    await outside.destroy()
    await database.drop()
  })

  const urlOf = (name: string): string => {
    const url = new URL(database.url)
    url.pathname = `/${name}`
    return url.href
  }
  const failureOf = (work: PromiseLike<unknown>): Promise<unknown> =>
    Promise.resolve(work).then(
      () => expect.fail('nothing failed'),
      (error: unknown) => error,
    )

  async function failureAt(connectionString: string): Promise<unknown> {
    const db = createDatabase({ connectionString })
    const failure = await failureOf(db.raw('select 1'))
    await db.destroy()
    return failure
  }

  it('is one that nobody serves', async () => {
    expect(isDatabaseUnavailable(await failureAt('postgres://u@127.0.0.1:1/x'))).to.equal(true)
    expect(isDatabaseUnavailable(await failureAt('postgres://u@localhost/x?host=/nowhere'))).to.equal(true)
  })

  it('is one of which none of its addresses answers', async () => {
    const addresses = ['127.0.0.1', '127.0.0.2'].map((address) => ({ address, family: 4 }))
    const socket = connect({
      host: 'localhost',
      port: 1,
      autoSelectFamily: true,
      lookup: (_host, _options, found) => found(null, addresses),
    })
    const failure = await failureOf(once(socket, 'connect'))
    expect(failure).to.be.an.instanceof(AggregateError)
    expect(isDatabaseUnavailable(failure)).to.equal(true)
  })

  it('is one whose host has no name at the moment', async () => {
    expect(isDatabaseUnavailable(await failureAt('postgres://u@packhouse.invalid/x'))).to.equal(true)
  })

  it('is one that is not there', async () => {
    expect(isDatabaseUnavailable(await failureAt(urlOf('packhouse_no_such_database')))).to.equal(true)
  })

  it('is one that accepts no connections', async () => {
    const name = new URL(database.url).pathname.slice(1)
    await outside.raw('alter database ?? allow_connections false', [name])
    const failure = await failureAt(database.url)
    await outside.raw('alter database ?? allow_connections true', [name])
    expect(isDatabaseUnavailable(failure), String(failure)).to.equal(true)
  })

  it('is one that ends a connection under a statement', async () => {
    const asleep = failureOf(
      database.db.transaction(async (trx) => {
        const { rows } = await trx.raw('select pg_backend_pid() as pid')
        const ended = outside.raw('select pg_terminate_backend(?)', [rows[0].pid])
        await Promise.all([trx.raw('select pg_sleep(20)'), ended])
      }),
    )
    const failure = await asleep
    expect(isDatabaseUnavailable(failure), String(failure)).to.equal(true)
  })

  it('is not one that refuses a statement', async () => {
    for (const statement of ['select', 'select 1/0', 'select * from nothing', `select 'x'::uuid`]) {
      const failure = await failureOf(database.db.raw(`${statement} limit 'x'`))
      expect(isDatabaseUnavailable(failure), statement).to.equal(false)
    }
    expect(isDatabaseUnavailable('a string')).to.equal(false)
  })
})
