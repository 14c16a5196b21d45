import { expect } from 'chai'
import { cloneDatabase } from '../helpers/database.ts'
import { type DatabaseLine, startDatabaseLine } from '../helpers/database-line.ts'
import { eventually } from '../helpers/eventually.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

/** A firewall that forgot it, or a failover of the network: TCP takes from minutes to hours to notice. */
describe('a server whose listening connection broke without a word to the database', () => {
  let line: DatabaseLine
  let server: TestServer

  before(async () => {
    const database = await cloneDatabase()
    line = await startDatabaseLine(database.url)
    server = await startServer({ database, env: { DATABASE_URL: line.url } })
  })
  after(async () => {
    await server.stop()
    await line.close()
  })

  async function listeners(): Promise<readonly number[]> {
    const { rows } = await server.db.raw<{ rows: { pid: number }[] }>(
      `select pid from pg_stat_activity
       where datname = current_database() and application_name = 'packhouse listener'`,
    )
    return rows.map(({ pid }) => pid)
  }

  it('ends what the database has left of it, and is ready again', async () => {
    const before = await listeners()
    expect(before).to.have.length(1)
    line.breakUnseen('packhouse listener')
    await eventually('it listens by another one alone', async () => {
      const now = await listeners()
      return now.length === 1 && now[0] !== before[0] ? true : undefined
    })
    await eventually('it is ready', async () =>
      (await fetch(`${server.url}/readyz`)).status === 200 ? true : undefined,
    )
  })
})
