import { expect } from 'chai'
import { eventually } from '../helpers/eventually.ts'
import { createRestClient } from '../helpers/rest-client.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

const POOL_MAX = 10

/** docs/scaling.md, "Connections": what the manifests for Kubernetes count with. */
describe('the connections of one process', () => {
  let server: TestServer
  before(async () => {
    server = await startServer({ env: { DATABASE_POOL_MAX: String(POOL_MAX) } })
  })
  after(() => server.stop())

  it('stay within DATABASE_POOL_MAX, however many ask at once, and four more', async () => {
    const { get } = createRestClient(server.url, server.credentials.admin.api_key)
    const asking = await server.db.transaction(async (trx) => {
      // Nobody's key can be looked up: each request keeps what it has, and the others wait.
      await trx.raw('lock table api_keys in access exclusive mode')
      const replies = Promise.all(Array.from({ length: 120 }, () => get('/v1/cloud-printing/jobs')))
      await eventually('a request that waits for a connection', async () =>
        (await pooled('waiting')) > 0 ? true : undefined,
      )
      expect((await pooled('used')) + (await pooled('free'))).to.equal(POOL_MAX)
      return { replies }
    })
    expect(new Set((await asking.replies).map(({ status }) => status))).to.deep.equal(new Set([200]))

    const { rows } = await server.db.raw<{ rows: { name: string; count: string }[] }>(
      `select application_name as name, count(*) from pg_stat_activity
        where datname = current_database() and application_name like 'packhouse _%' group by 1`,
    )
    const counts = Object.fromEntries(rows.map(({ name, count }) => [name, Number(count)]))
    expect(counts['packhouse listener']).to.equal(1)
    expect(counts['packhouse jobs']).to.be.within(1, 3)
    expect(Object.keys(counts)).to.have.length(2)
  })

  async function pooled(state: string): Promise<number> {
    const metrics = await (await fetch(`${server.url}/metrics`)).text()
    const line = new RegExp(`^packhouse_database_connections\\{state="${state}"\\} (\\d+)$`, 'm')
    return Number(line.exec(metrics)?.[1])
  }
})
