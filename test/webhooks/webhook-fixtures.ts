import { eventually } from '../helpers/eventually.ts'
import { createRestClient, type RestClient } from '../helpers/rest-client.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { startWebhookReceiver, type WebhookReceiver } from '../helpers/webhook-receiver.ts'

export interface WebhookWorkspace {
  readonly server: TestServer
  readonly receiver: WebhookReceiver
  readonly admin: RestClient
  // biome-ignore lint/suspicious/noExplicitAny: replies are judged by the assertions
  subscribe(topics: readonly string[], more?: Record<string, unknown>, client?: RestClient): Promise<any>
  /** An order of merchant demo: one `order.created`. */
  newOrder(uniqueId: string): Promise<void>
  // biome-ignore lint/suspicious/noExplicitAny: replies are judged by the assertions
  deliveries(webhookId: string, query?: string): Promise<any[]>
  /** Nothing that has happened so far waits for its publication: whoever subscribes now hears none of it. */
  published(): Promise<void>
  stop(): Promise<void>
}

/** The contract's delays begin with five seconds; the schedule is a table, tested as one. */
const TIMING = { retryDelaysMs: [100, 200, 300], pollMs: 100, overdueMs: 500 }

export async function openWebhookWorkspace(
  options: { retryDelaysMs?: readonly number[]; egressAllow?: string } = {},
): Promise<WebhookWorkspace> {
  const receiver = await startWebhookReceiver()
  const retryDelaysMs = options.retryDelaysMs ?? TIMING.retryDelaysMs
  const server = await startServer({
    env: { EGRESS_ALLOW: options.egressAllow ?? '127.0.0.1' },
    webhookTiming: { ...TIMING, retryDelaysMs },
  })
  const admin = createRestClient(server.url, server.credentials.admin.api_key)
  return {
    server,
    receiver,
    admin,
    async subscribe(topics, more = {}, client = admin) {
      const { status, json } = await client.post('/v1/webhooks', { url: receiver.url, topics, ...more })
      if (status !== 201) throw new Error(`${status} ${JSON.stringify(json)}`)
      return json.data
    },
    async newOrder(uniqueId) {
      await server.rpc.call('order.create', [null, { 'SKU-1': 1 }, null, { unique_id: uniqueId }])
    },
    async deliveries(webhookId, query = '') {
      const { json } = await admin.get(`/v1/webhooks/${webhookId}/deliveries${query}`)
      return json.data
    },
    async published() {
      await eventually('every event is published', async () => {
        const { rows } = await server.db.raw('select from events where stream_position is null limit 1')
        return rows.length === 0 ? true : undefined
      })
    },
    async stop() {
      await server.stop()
      await receiver.close()
    },
  }
}
