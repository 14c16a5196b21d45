import { expect } from 'chai'
import { eventually } from '../helpers/eventually.ts'
import { createRestClient } from '../helpers/rest-client.ts'
import { startServer } from '../helpers/server.ts'

const CONNECTIONS = 10
const LOOK_MS = 20
/** Many more than there are connections. */
const LOOKS = 50

describe('a dispatcher whose looks at the queues take long', function () {
  this.timeout(60_000)

  it('waits for one with one connection, and leaves the others to those who ask for something else', async () => {
    const server = await startServer({
      env: { DATABASE_POOL_MAX: String(CONNECTIONS) },
      printingTiming: { pollMs: LOOK_MS },
    })
    const rest = createRestClient(server.url, server.credentials.admin.api_key)
    const lock = await server.db.transaction()
    await lock.raw('lock table print_jobs in access exclusive mode')
    await eventually('a look waits', async () => {
      const { rows } = await lock.raw(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      )
      return rows.length > 0 ? true : undefined
    })
    const end = performance.now() + LOOKS * LOOK_MS
    do {
      expect((await rest.get('/v1/users')).status).to.equal(200)
    } while (performance.now() < end)
    await lock.rollback()
    await server.stop()
  })
})
