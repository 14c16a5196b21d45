import { expect } from 'chai'
import type { Knex } from 'knex'
import { createDatabase, poolUseOf, query, queryOne } from '../../lib/db/database.ts'
import { isDatabaseUnavailable } from '../../lib/db/database-availability.ts'
import { inSnapshot, inTransaction } from '../../lib/db/transaction.ts'
import { cloneDatabase, type TestDatabase } from '../helpers/database.ts'
import { eventually } from '../helpers/eventually.ts'

const MAX = 3

describe('the connections of a process', () => {
  let database: TestDatabase
  let db: Knex
  before(async () => {
    database = await cloneDatabase()
    await query(database.db, 'create table shelves (label text primary key)')
  })
  beforeEach(async () => {
    db = createDatabase({ connectionString: database.url }, undefined, MAX)
    await query(db, 'delete from shelves')
  })
  afterEach(() => db.destroy())
  after(() => database.drop())

  const backend = async (): Promise<number> =>
    (await queryOne<{ pid: number }>(db, 'select pg_backend_pid() as pid'))?.pid ?? 0
  const put = (on: Parameters<typeof query>[0], label: string) =>
    query(on, 'insert into shelves values (:label)', { label })
  const labels = async () =>
    (await query<{ label: string }>(db, 'select label from shelves order by label')).map((row) => row.label)

  it('are lent to whoever has waited longest, and are no more than there may be', async () => {
    const answered: number[] = []
    const waits = Array.from({ length: 4 * MAX }, async (_, index) => {
      await query(db, 'select pg_sleep(0.02)')
      answered.push(index)
      return backend()
    })
    expect(poolUseOf(db).waiting).to.be.greaterThan(0)
    expect(new Set(await Promise.all(waits)).size).to.be.at.most(MAX)
    expect(answered.slice(0, MAX).every((index) => index < 2 * MAX)).to.equal(true)
    expect(poolUseOf(db)).to.deep.equal({ used: 0, free: MAX, waiting: 0 })
  })

  it('are not lent again when they broke while nobody used them', async () => {
    const broken = await backend()
    await query(database.db, 'select pg_terminate_backend(:broken)', { broken })
    await eventually('the end of the free connection', () => poolUseOf(db).free === 0 || undefined)
    expect(await backend()).to.not.equal(broken)
  })

  it('that broke under a transaction are replaced for those who wait', async () => {
    const work = inTransaction(db, async (trx) => {
      const row = await queryOne<{ pid: number }>(trx, 'select pg_backend_pid() as pid')
      await query(database.db, 'select pg_terminate_backend(:pid)', { pid: row?.pid })
      await query(trx, 'select pg_sleep(20)')
    })
    const failure = await work.then(
      () => null,
      (error: unknown) => error,
    )
    expect(isDatabaseUnavailable(failure), String(failure)).to.equal(true)
    const all = await Promise.all(Array.from({ length: 2 * MAX }, () => backend()))
    expect(all.every((pid) => pid > 0)).to.equal(true)
  })

  it('say so when none is given back in time', async () => {
    let release = (): void => undefined
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const holders = Array.from({ length: MAX }, () =>
      inTransaction(db, async (trx) => {
        await query(trx, 'select 1')
        await held
      }),
    )
    await eventually('the lending of all', () => poolUseOf(db).used === MAX || undefined)
    const failure = await backend().catch((error: unknown) => error)
    release()
    await Promise.all(holders)
    expect(isDatabaseUnavailable(failure), String(failure)).to.equal(true)
    expect(String(failure)).to.include('no connection to the database was free for 10000 ms')
    expect(await backend()).to.be.greaterThan(0)
  })

  it('are waited for at the end, and refused from then on', async () => {
    const last = inTransaction(db, async (trx) => {
      await put(trx, 'last')
      await query(trx, 'select pg_sleep(0.1)')
    })
    await eventually('the lending of one', () => poolUseOf(db).used === 1 || undefined)
    const isEnded = db.destroy().then(() => true)
    expect(String(await backend().catch((error: unknown) => error))).to.include('are closed')
    await last
    expect(await isEnded).to.equal(true)
    const { rows } = await database.db.raw<{ rows: unknown[] }>('select label from shelves')
    expect(rows).to.deep.equal([{ label: 'last' }])
  })

  it('roll back all of a transaction that fails, at its end too, and go on', async () => {
    const failing = inTransaction(db, async (trx) => {
      await put(trx, 'a')
      await put(trx, 'a')
    })
    expect(String(await failing.catch((error: unknown) => error))).to.include('shelves_pkey')
    const late = inTransaction(db, async (trx) => {
      await query(trx, 'create table bins (label text unique deferrable initially deferred)')
      await query(trx, `insert into bins values ('a'), ('a')`)
    })
    expect(String(await late.catch((error: unknown) => error))).to.include('bins_label_key')
    expect(await labels()).to.deep.equal([])
    expect(poolUseOf(db).used).to.equal(0)
  })

  it('take back what failed within a transaction alone, also where two run within it at once', async () => {
    await inTransaction(db, async (trx) => {
      await put(trx, 'outer')
      const within = (label: string, fails: boolean) =>
        inTransaction(trx, async (inner) => {
          await put(inner, label)
          await inTransaction(inner, (innermost) => put(innermost, `${label}, within`))
          if (fails) await put(inner, label)
        }).catch(() => undefined)
      await Promise.all([within('first', true), within('second', false)])
      await within('third', true)
    })
    expect(await labels()).to.deep.equal(['outer', 'second', 'second, within'])
  })

  it('show a snapshot as it was at its first statement, and write nothing there', async () => {
    await inSnapshot(db, async (on) => {
      await query(on, 'select count(*) from shelves')
      await put(db, 'new')
      expect(await query(on, 'select label from shelves')).to.deep.equal([])
      const refusal = await put(on, 'other').catch((error: unknown) => error)
      expect(String(refusal)).to.include('read-only transaction')
    })
    expect(await labels()).to.deep.equal(['new'])
  })
})
