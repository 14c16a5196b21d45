import { expect } from 'chai'
import { eventually } from '../helpers/eventually.ts'
import { createRpcClient } from '../helpers/rpc-client.ts'
import { startServerProcess } from '../helpers/server-process.ts'
import { openWebhookWorkspace, type WebhookWorkspace } from '../webhooks/webhook-fixtures.ts'

describe('a server killed between two steps of a webhook delivery', function () {
  this.timeout(60_000)
  let workspace: WebhookWorkspace

  beforeEach(async () => {
    workspace = await openWebhookWorkspace()
  })
  afterEach(() => workspace.stop())

  for (const { step, requests } of [
    { step: 'webhook claimed', requests: 1 },
    // It may have arrived or not: at least once means that it is sent again.
    { step: 'webhook sent', requests: 2 },
  ] as const) {
    it(`loses no event when it dies at "${step}"`, async () => {
      const { server, receiver } = workspace
      const webhook = await workspace.subscribe(['order.created'])
      await server.pause()
      const child = await startServerProcess({ ...server.env }, step)
      const client = createRpcClient(`${child.baseUrl}/api/jsonrpc`, {
        demo: server.credentials.rpc.api_key,
        'demo-other': server.credentials.rpc_other_merchant.api_key,
        packer: server.credentials.packer.api_key,
      })
      await client
        .call('order.create', [null, { 'SKU-1': 1 }, null, { unique_id: 'K-1' }])
        .catch(() => undefined)
      expect(await child.ended).to.equal('SIGKILL')

      // The lease of the dead process would end after 15 s.
      await server.db.raw(
        `update webhook_deliveries set lease_expires_at = now(), next_attempt_at = now() - interval '1 minute'`,
      )
      await server.resume()
      await receiver.atLeast(requests)
      const delivery = await eventually('the delivery is recorded', async () => {
        const [found] = await restarted(workspace, webhook.id)
        return found?.status === 'delivered' ? found : undefined
      })
      expect(delivery.attempts).to.have.length(1)
      const ids = receiver.received.map(({ headers }) => headers['webhook-id'])
      expect(new Set(ids).size).to.equal(1)
      expect(ids).to.have.length(requests)
    })
  }
})

/** The port is another one since the restart. */
async function restarted({ server }: WebhookWorkspace, webhookId: string) {
  const reply = await fetch(`${server.url}/v1/webhooks/${webhookId}/deliveries`, {
    headers: { 'PX-API-KEY': server.credentials.admin.api_key },
  })
  const { data } = (await reply.json()) as { data: { status: string; attempts: unknown[] }[] }
  return data
}
