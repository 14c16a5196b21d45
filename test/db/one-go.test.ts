import { expect } from 'chai'
import { createDatabase, query } from '../../lib/db/database.ts'
import { inOneGo, type Step, step } from '../../lib/db/one-go.ts'
import { inTransaction } from '../../lib/db/transaction.ts'
import { cloneDatabase, type TestDatabase } from '../helpers/database.ts'
import { eventually } from '../helpers/eventually.ts'

describe('statements in one go', () => {
  let database: TestDatabase
  before(async () => {
    database = await cloneDatabase()
    await query(database.db, 'create table shelves (label text primary key)')
    await query(database.db, 'create table boxes (label text)')
  })
  after(() => database.drop())
  beforeEach(async () => {
    await query(database.db, 'delete from boxes')
    await query(database.db, `delete from shelves where label <> 'A'`)
    await query(database.db, `insert into shelves values ('A') on conflict do nothing`)
  })

  const insert = (label: string): Step<void> =>
    step('insert into shelves (label) values (:label)', { label }, () => undefined)
  const labels = (): Step<string[]> =>
    step('select label from shelves order by label', {}, (rows: { label: string }[]) =>
      rows.map(({ label }) => label),
    )
  const lockShelf = (): Step<number> =>
    step(`select from shelves where label = 'A' for update`, {}, (rows) => rows.length)
  const countBoxes = (): Step<number> =>
    step('select count(*) from boxes', {}, ([row]: { count: string }[]) => Number(row?.count))

  it('see what those before them did, and answer each for itself', async () => {
    const answers = await inOneGo<[string[], void, string[]]>(database.db, [labels(), insert('B'), labels()])
    expect(answers).to.deep.equal([['A'], undefined, ['A', 'B']])
    expect(await inOneGo<[string[]]>(database.db, [labels()])).to.deep.equal([['A', 'B']])
  })

  it('see after a lock all that was done under it, in other tables too', async () => {
    const { db } = database
    const holder = await db.transaction()
    await holder.raw(`select from shelves where label = 'A' for update`)
    const waiting = inOneGo<[number, number]>(db, [lockShelf(), countBoxes()])
    await eventually('the lock is waited for', async () => {
      const { rows } = await db.raw(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      )
      return rows.length > 0 ? true : undefined
    })
    await holder.raw(`insert into boxes values ('1'), ('2')`)
    await holder.commit()
    expect(await waiting).to.deep.equal([1, 2])
  })

  it('are all or nothing, tell what failed first, and leave the connection as it was', async () => {
    const db = createDatabase({ connectionString: database.url }, undefined, 1)
    const failing = inOneGo(db, [insert('C'), insert('A'), insert('D'), countBoxes()])
    const error = await failing.catch((thrown: unknown) => thrown)
    expect(error).to.include({ code: '23505', constraint: 'shelves_pkey' })
    // The pool has that connection alone.
    expect(await inOneGo<[string[]]>(db, [labels()])).to.deep.equal([['A']])
    await inOneGo(db, [insert('E')])
    expect(await query(db, `select label from shelves where label = 'E'`)).to.have.length(1)
    await db.destroy()
  })

  it('are a part of the transaction that they are run in', async () => {
    const answer = inTransaction(database.db, async (trx) => {
      const [, found] = await inOneGo<[void, string[]]>(trx, [insert('F'), labels()])
      throw new Error(found.join())
    })
    expect(await answer.catch(String)).to.equal('Error: A,F')
    expect(await inOneGo<[string[]]>(database.db, [labels()])).to.deep.equal([['A']])
  })
})
