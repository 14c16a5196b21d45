import { expect } from 'chai'
import { query, queryOne } from '../../lib/db/database.ts'
import { statementOf, valuesOf } from '../../lib/db/statement.ts'
import { inTransaction } from '../../lib/db/transaction.ts'
import { cloneDatabase, type TestDatabase } from '../helpers/database.ts'

describe('a statement', () => {
  let database: TestDatabase
  before(async () => {
    database = await cloneDatabase()
  })
  after(() => database.drop())

  it('takes bindings by name, and leaves types, texts and times of day alone', () => {
    const sql = `select :id::bigint, ':x', to_char(now(), 'HH24:MI:SS'), '::id'::text where a = :id or b = any(:ids)`
    const { text, places } = statementOf(sql, { id: 1, ids: [2] })
    expect(text).to.equal(
      `select $1::bigint, ':x', to_char(now(), 'HH24:MI:SS'), '::id'::text where a = $2 or b = any($3)`,
    )
    expect(places).to.deep.equal(['id', 'id', 'ids'])
  })

  it('gives PostgreSQL what JavaScript has', async () => {
    const given = {
      text: 'it’s :text',
      number: 1.5,
      flag: true,
      none: null,
      bytes: Buffer.from([0, 255]),
      ids: [1, 2],
      when: new Date(1e12),
    }
    const row = await queryOne<typeof given>(
      database.db,
      `select :text::text as text, :number::float8 as number, :flag::boolean as flag, :none::text as none,
         :bytes::bytea as bytes, :ids::integer[] as ids, :when::timestamptz as when`,
      given,
    )
    expect(row).to.deep.equal(given)
  })

  it('isn’t run without one of its bindings', async () => {
    const sql = 'select :one::text as one, :other::text as other'
    expect(() => valuesOf(statementOf(sql, { one: 1, other: 2 }), { one: 1 })).to.throw('binding other')
    expect(await failureOf(query(database.db, sql, { one: 1, other: undefined }))).to.contain('binding other')
  })

  it('is told with its refusal, its values are not', async () => {
    const refused = await failureOf(query(database.db, 'select :secret::integer as n', { secret: 'abc123' }))
    expect(refused).to.contain('select $1::integer as n - ')
  })

  it('is run in the order of asking within a transaction, though none is waited for', async () => {
    const seen = await inTransaction(database.db, async (trx) => {
      await query(trx, 'create temporary table asked (number integer) on commit drop')
      const numbers = Array.from({ length: 50 }, (_, number) => number)
      const answers = await Promise.all(
        numbers.map(async (number) => {
          const insert = query(trx, 'insert into asked values (:number)', { number })
          const count = queryOne<{ count: number }>(trx, 'select count(*)::integer from asked')
          await insert
          return (await count)?.count
        }),
      )
      return answers
    })
    expect(seen).to.deep.equal(Array.from({ length: 50 }, (_, number) => number + 1))
  })

  it('is told the failure of the one before it in its transaction, and both are tried again for that', async () => {
    let tries = 0
    const refused = `do $$ begin raise exception 'not now' using errcode = '40001'; end $$`
    const answered = await inTransaction(database.db, async (trx) => {
      tries += 1
      // The first tells its failure later than the one behind it, as what does more with an answer does.
      const slowly = query(trx, tries === 1 ? refused : 'select 1').finally(() => undefined)
      const [, second] = await Promise.all([slowly.finally(() => undefined), query(trx, 'select 2 as two')])
      return second
    })
    expect(answered).to.deep.equal([{ two: 2 }])
    expect(tries).to.equal(2)
    const own = await inTransaction(database.db, (trx) =>
      Promise.allSettled([query(trx, 'select 1/0'), query(trx, 'select 2')]),
    )
    const reasons = own.map((settled) => (settled.status === 'rejected' ? String(settled.reason) : ''))
    expect(reasons.every((reason) => reason.includes('division by zero'))).to.equal(true)
  })

  it('isn’t run on a transaction that has ended', async () => {
    const ended = await inTransaction(database.db, (trx) => Promise.resolve({ trx }))
    expect(await failureOf(query(ended.trx, 'select 1'))).to.contain('the transaction has ended')
  })

  it('gives its connection back when it is refused', async () => {
    const refusals = Array.from({ length: 50 }, () => failureOf(query(database.db, 'select 1/0')))
    expect((await Promise.all(refusals)).every((told) => told.includes('division by zero'))).to.equal(true)
    expect(await query(database.db, 'select 1 as one')).to.deep.equal([{ one: 1 }])
  })
})

function failureOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'done',
    (error: unknown) => String(error),
  )
}
