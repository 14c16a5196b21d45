/** What the stream and the webhook told, held against what was answered. */
import { setTimeout as delay } from 'node:timers/promises'
import type { RestUser } from './callers.ts'
import type { Clicks } from './clicks.ts'
import type { EventReader } from './event-reader.ts'
import type { EventTally } from './event-tally.ts'
import { differences, type Finding, finding } from './finding.ts'
import type { WebhookReceiver } from './webhook-receiver.ts'

const POLL_MS = 500
const EVENTS_MS = 60_000
const DELIVERIES_MS = 300_000
/** Of the events; and as many in a short run, where one connection may carry four deliveries. */
const AGAIN_SHARE_MAX = 0.01
const AGAIN_MIN = 10

/** Whether they come at all, and each once for what it tells of. Others, such as a printer's state, come as they may. */
const JUDGED =
  /^(order|order_instruction|shipment|package)\.|^cloud_printing\.job\.(created|completed|failed|canceled) /
const END_OF_JOB = /^cloud_printing\.job\.(completed|failed|canceled) /

/** Waits a minute at most for what is still missing. */
export async function judgeEvents(
  { tally, breaks }: EventReader,
  clicks: Clicks,
): Promise<readonly Finding[]> {
  await within(EVENTS_MS, () => untold(tally, clicks).length === 0)
  return [
    finding(
      'each event is told once',
      `${tally.ids.size} events, ${breaks} breaks of the stream`,
      untold(tally, clicks),
    ),
    finding(
      'the stream repeats no event',
      `${tally.ids.size} events`,
      tally.repeated > 0 ? [`${tally.repeated} repeated`] : [],
    ),
  ]
}

/**
 * At least once each. One comes again, with its id, where a kept connection was reset or the lease of its sender lapsed (docs/webhooks.md,
 * "What a receiver has to know"): here no server dies and the receiver answers each at once, so that is a matter of a few.
 */
export async function judgeWebhook(
  { tally, unsigned }: WebhookReceiver,
  parts: {
    readonly streamed: EventTally
    readonly clicks: Clicks
    readonly supervisor: RestUser
    readonly webhookId: string
  },
): Promise<readonly Finding[]> {
  const { streamed, clicks, supervisor, webhookId } = parts
  const missing = () => [...streamed.ids].filter((id) => !tally.ids.has(id))
  await within(EVENTS_MS, () => missing().length === 0)
  const count = (status: string) => countDeliveries(supervisor, webhookId, status)
  const [delivered, pending, failed] = [
    await count('delivered'),
    await count('pending'),
    await count('failed'),
  ]
  return [
    finding('the webhook gets each event once, by its id', `${tally.ids.size} events`, [
      ...untold(tally, clicks),
      ...missing().map((id) => `${id} came by the stream alone`),
    ]),
    finding(
      'the webhook repeats few events',
      `${tally.ids.size} events, ${tally.repeated} again`,
      tooManyAgain(tally),
    ),
    finding('every delivery is signed', `${tally.ids.size + tally.repeated} deliveries`, unsigned),
    {
      rule: 'every delivery ends',
      isKept: pending === 0 && failed === 0 && delivered === tally.ids.size,
      detail: `${delivered} delivered, ${pending} pending, ${failed} failed, ${tally.ids.size} received`,
    },
  ]
}

export function tooManyAgain({ ids, repeated }: EventTally): string[] {
  const most = Math.max(AGAIN_MIN, Math.floor(ids.size * AGAIN_SHARE_MAX))
  return repeated > most ? [`${repeated} again, at most ${most}`] : []
}

/** Until none is pending any more, for five minutes at most. */
export async function allDeliveriesEnd(supervisor: RestUser, webhookId: string): Promise<void> {
  await within(DELIVERIES_MS, async () => (await countDeliveries(supervisor, webhookId, 'pending')) === 0)
}

async function countDeliveries(supervisor: RestUser, webhookId: string, status: string): Promise<number> {
  const path = `/v1/webhooks/${webhookId}/deliveries?status=${status}&limit=1`
  return (await supervisor.page(path)).pagination.total_count
}

/** What is missing, and what came too often, as `Clicks` has it. */
export function untold({ told }: EventTally, clicks: Clicks): string[] {
  const found = [...told].flatMap(([key, times]) =>
    JUDGED.test(key) ? Array<string>(times).fill(key.replace(END_OF_JOB, 'end of job ')) : [],
  )
  return differences(expectedOf(clicks), found)
}

function expectedOf(clicks: Clicks): string[] {
  const { orders, instructions, confirmations, packed, completed, jobIds } = clicks
  const each = (type: string, subjects: Iterable<string | number>) =>
    [...subjects].map((subject) => `${type} ${subject}`)
  return [
    ...each('order.created', orders),
    ...each('order_instruction.created', instructions.keys()),
    ...each('order_instruction.confirmed', confirmations.keys()),
    ...each('package.packed', packed.keys()),
    ...each('shipment.packed', completed.values()),
    ...each('order.completed', completed.keys()),
    ...each('cloud_printing.job.created', jobIds),
    ...each('end of job', jobIds),
  ]
}

async function within(limitMs: number, isOver: () => boolean | Promise<boolean>): Promise<void> {
  const startedAt = performance.now()
  while (!(await isOver()) && performance.now() - startedAt < limitMs) await delay(POLL_MS)
}
