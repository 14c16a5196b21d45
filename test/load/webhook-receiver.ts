/** An integrator's receiver of webhooks: it checks each signature, answers at once, and forgets all but what was told. */
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { EventTally, type LoadEvent } from './event-tally.ts'

export interface WebhookReceiver {
  /** For `EGRESS_ALLOW`. */
  readonly host: string
  readonly url: string
  readonly tally: EventTally
  /** Deliveries whose signature doesn't match. */
  readonly unsigned: readonly string[]
  /** From then on it takes what is signed with that. */
  expect(secret: string): void
  close(): Promise<void>
}

const KEPT_MAX = 1_000

export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const tally = new EventTally()
  const unsigned: string[] = []
  let webhook: Webhook | null = null
  const receive = async (request: IncomingMessage): Promise<void> => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks).toString()
    try {
      if (webhook === null) throw new Error('nothing is expected yet')
      tally.take(webhook.verify(body, request.headers as Record<string, string>) as LoadEvent)
    } catch (error) {
      if (unsigned.length < KEPT_MAX) unsigned.push(`${request.headers['webhook-id']}: ${String(error)}`)
    }
  }
  const server = createServer((request, response) => {
    receive(request).then(
      () => response.writeHead(204).end(),
      () => response.destroy(),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    host,
    url: `http://${host}/packhouse`,
    tally,
    unsigned,
    expect(secret) {
      webhook = new Webhook(secret)
    },
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
