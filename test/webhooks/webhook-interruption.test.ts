import { expect } from 'chai'
import { createDatabase } from '../../lib/db/database.ts'
import { eventually } from '../helpers/eventually.ts'
import { openWebhookWorkspace, type WebhookWorkspace } from './webhook-fixtures.ts'

describe('webhooks whose database goes away', () => {
  let workspace: WebhookWorkspace

  beforeEach(async () => {
    workspace = await openWebhookWorkspace()
  })
  afterEach(() => workspace.stop())

  it('go on once it is back, with what was recorded meanwhile', async () => {
    const { server, receiver } = workspace
    await workspace.subscribe(['order.created'])
    const url = new URL(server.env['DATABASE_URL'] ?? '')
    const name = url.pathname.slice(1)
    url.pathname = '/postgres'
    const maintenance = createDatabase({ connectionString: url.href })
    // Every connection: the pool, the one for notifications, those of the background jobs.
    await maintenance.raw('select pg_terminate_backend(pid) from pg_stat_activity where datname = ?', [name])
    await maintenance.destroy()
    await eventually('the server takes orders again', () =>
      workspace.newOrder('I-1').then(
        () => true,
        () => undefined,
      ),
    )
    await receiver.atLeast(1)
    await workspace.newOrder('I-2')
    await receiver.atLeast(2)
    expect(receiver.received.map(({ json }) => json.data.unique_id)).to.deep.equal(['I-1', 'I-2'])
  })
})
