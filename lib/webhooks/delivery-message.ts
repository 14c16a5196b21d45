import { continueTrace } from '../trace-context.ts'
import type { DeliveryClaim } from './delivery.ts'
import type { RecordedEvent } from './event.ts'
import { subscribedName } from './topic.ts'
import { pluginHeaders, standardHeaders } from './webhook-signature.ts'

/** The wire shapes of events: transports make them, since clients know them from there. */
export interface EventViews {
  /** The body for webhooks of the REST interface: contracts/cloud-printing.md, section 7. */
  rest(event: RecordedEvent): Readonly<Record<string, unknown>>
  /** The entity alone, as `message` holds it: contracts/rpc.md, section 12. */
  rpc(event: RecordedEvent): Readonly<Record<string, unknown>>
}

export interface DeliveryMessage {
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

/** What is sent for one attempt. The webhook's own headers come first, so that none of them replaces one of ours. */
export function deliveryMessage(claim: DeliveryClaim, views: EventViews, at: Date): DeliveryMessage {
  const { event, webhook } = claim
  const body = JSON.stringify(webhook.kind === 'rest' ? views.rest(event) : rpcBody(claim, views))
  const [secret = ''] = webhook.secrets
  return {
    body,
    headers: {
      'user-agent': 'Packhouse',
      accept: '*/*',
      ...lowerCased(webhook.headers),
      'content-type': 'application/json',
      ...standardHeaders({ id: event.eventId, at, body }, webhook.secrets),
      ...(webhook.kind === 'rpc' ? pluginHeaders(body, secret) : {}),
      ...(event.traceparent !== null && { traceparent: continueTrace(event.traceparent).traceparent }),
    },
  }
}

function rpcBody({ event, webhook, incrementId }: DeliveryClaim, views: EventViews): object {
  return {
    topic: subscribedName(webhook.topics, event.type),
    message: {
      ...views.rpc(event),
      webhook_increment_id: incrementId,
      event_timestamp: `${event.createdAt.toISOString().slice(0, 19)}+00:00`,
    },
  }
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}
