import type { TestServer } from '../helpers/server.ts'

export const WEBHOOK = {
  url: 'https://hooks.example/rpc',
  topics: 'order:created',
  secret_key: 'hunter2-hunter2',
}

/** What `webhook.list` shows of the webhook that was made last. */
// biome-ignore lint/suspicious/noExplicitAny: answers are judged by the assertions
export async function newestWebhook(server: TestServer): Promise<any> {
  return (await server.rpc.call('webhook.list')).at(-1)
}
