import { expect } from 'chai'
import { prepared, preparedOne, query } from '../../lib/db/database.ts'
import { inTransaction } from '../../lib/db/transaction.ts'
import { cloneDatabase, type TestDatabase } from '../helpers/database.ts'

const SUM = 'select :left::integer + :right::integer as sum'

describe('prepared statements', () => {
  let database: TestDatabase
  before(async () => {
    database = await cloneDatabase()
  })
  after(() => database.drop())

  it('are planned once in each connection, whatever they are run with', () =>
    inTransaction(database.db, async (trx) => {
      for (const left of [1, 2, 3]) {
        expect(await preparedOne(trx, SUM, { left, right: left })).to.deep.equal({ sum: 2 * left })
      }
      const [kept] = await query<{ count: string; runs: string }>(
        trx,
        `select count(*), sum(generic_plans + custom_plans) as runs from pg_prepared_statements
         where statement like '%as sum%' and statement not like '%pg_prepared_statements%'`,
      )
      expect(kept).to.deep.equal({ count: '1', runs: '3' })
    }))

  it('that differ anywhere are different ones', async () => {
    const long = `select ${'1 + '.repeat(100)}`
    const answers = await inTransaction(database.db, async (trx) => [
      await prepared(trx, `${long} 1 as sum`),
      await prepared(trx, `${long} 2 as sum`),
    ])
    expect(answers).to.deep.equal([[{ sum: 101 }], [{ sum: 102 }]])
  })

  it('go on after a change of the tables that they read', async () => {
    const { db } = database
    await query(db, 'create table shelves (label text)')
    const labels = () => prepared(db, 'select label from shelves order by label')
    await query(db, `insert into shelves values ('A')`)
    expect(await labels()).to.deep.equal([{ label: 'A' }])
    await query(db, 'alter table shelves add column height integer')
    await query(db, 'create index shelves_label_idx on shelves (label)')
    await query(db, `insert into shelves values ('B')`)
    expect(await labels()).to.deep.equal([{ label: 'A' }, { label: 'B' }])
  })
})
