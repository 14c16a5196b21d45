import { signal } from '@preact/signals'
import { get, post } from '../api/rest.ts'
import { dateAndTime, text } from '../language/text.ts'
import { Icon } from '../parts/icon.tsx'
import { type Delivery, type Webhook, WEBHOOKS } from './floor-api.ts'
import { act, maySupervise, quietly } from './floor-state.ts'

const DELIVERIES_SHOWN = 20

const webhooks = signal<readonly Webhook[]>([])
const opened = signal<string | null>(null)
const deliveries = signal<readonly Delivery[]>([])

export async function loadWebhooks(): Promise<void> {
  if (!maySupervise.value) return
  await quietly(async () => {
    webhooks.value = await get<readonly Webhook[]>(`${WEBHOOKS}?limit=100`)
    if (opened.value !== null) await loadDeliveries(opened.value)
  })
}

async function loadDeliveries(id: string): Promise<void> {
  deliveries.value = await get<readonly Delivery[]>(`${WEBHOOKS}/${id}/deliveries?limit=${DELIVERIES_SHOWN}`)
}

/** Where events go, and whether they arrive. */
export function WebhookList() {
  if (!maySupervise.value) return null
  return (
    <section aria-labelledby="webhooks">
      <h2 id="webhooks">{text('floor.webhooks')}</h2>
      {webhooks.value.length === 0 && <p class="soft">{text('floor.no_webhooks')}</p>}
      <ul class="webhooks">
        {webhooks.value.map((webhook) => (
          <WebhookLine key={webhook.id} webhook={webhook} />
        ))}
      </ul>
    </section>
  )
}

function WebhookLine({
  webhook: { id, url, topics, status, disabled_reason: reason, held },
}: {
  readonly webhook: Webhook
}) {
  const state = held && status === 'enabled' ? 'held' : status
  const isOpen = opened.value === id
  const toggle = (): void => {
    opened.value = isOpen ? null : id
    deliveries.value = []
    if (!isOpen) void quietly(() => loadDeliveries(id))
  }
  return (
    <li>
      <button type="button" class="link" aria-expanded={isOpen} onClick={toggle}>
        {url}
      </button>
      <span class={`mark ${STATES[state].tone}`}>
        <Icon name={STATES[state].icon} /> {text(`webhook.${state}`)}
      </span>
      <span class="soft">{reason ?? topics.join(', ')}</span>
      {held && <span class="soft">{text('webhook.held_advice', { since: dateAndTime(held.since) })}</span>}
      {isOpen && (
        <ul>
          {deliveries.value.length === 0 && <li class="soft">{text('floor.no_deliveries')}</li>}
          {deliveries.value.map((delivery) => (
            <DeliveryLine key={delivery.id} delivery={delivery} webhookId={id} />
          ))}
        </ul>
      )}
    </li>
  )
}

const STATES = {
  enabled: { tone: 'good', icon: 'check' },
  held: { tone: 'wait', icon: 'pause' },
  disabled: { tone: 'bad', icon: 'cross' },
} as const
const TONES = { pending: 'wait', delivered: 'good', failed: 'bad' } as const
const ICONS = { pending: 'clock', delivered: 'check', failed: 'alert' } as const

function DeliveryLine({ delivery, webhookId }: { readonly delivery: Delivery; readonly webhookId: string }) {
  const { id, type, status, attempts, created_at: at } = delivery
  const last = attempts.at(-1)
  const redeliver = () =>
    act(text('floor.redelivered'), () => post(`${WEBHOOKS}/${webhookId}/deliveries/${id}/redeliver`))
  return (
    <li>
      <span class={`mark ${TONES[status]}`}>
        <Icon name={ICONS[status]} /> {text(`delivery.${status}`)}
      </span>
      {type} <span class="soft">{dateAndTime(at)}</span>
      {last && <span class="soft">{last.error ?? last.status_code}</span>}
      <button type="button" class="plain" onClick={() => void redeliver().then(loadWebhooks)}>
        <Icon name="again" /> {text('floor.redeliver')}
      </button>
    </li>
  )
}
