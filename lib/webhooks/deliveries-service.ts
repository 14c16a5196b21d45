import { randomUUID } from 'node:crypto'
import type { Caller } from '../access/caller.ts'
import type { Db } from '../db/database.ts'
import type { ListPage, ListQuery } from '../db/list-page.ts'
import { isStorableText } from '../db/storable-text.ts'
import { inTransaction } from '../db/transaction.ts'
import { NotFoundError } from '../errors.ts'
import type { Delivery, DeliveryClaim, DeliveryFilter, DeliveryOutcome } from './delivery.ts'
import {
  claimDelivery,
  listDeliveries,
  listOverdueWebhooks,
  updateDeliveryAgain,
  updateDeliveryAttempted,
} from './delivery-store.ts'
import { enqueueRetry, enqueueWebhooks } from './job-store.ts'
import { lockEnabledWebhook, updateWebhookDisabled } from './webhook-store.ts'
import type { WebhooksService } from './webhooks-service.ts'

/** Three times what a request may take: after that its process is dead, or asleep. */
const LEASE_MS = 15_000
/** Requests to one webhook at a time, over all processes. */
const UNDER_WAY_MAX = 4
const OVERDUE_MS = 5_000
const OVERDUE_WEBHOOKS_MAX = 1_000

export interface DeliveriesService {
  /** Throws as WebhooksService.get. */
  list(
    caller: Caller,
    of: { readonly webhookId: string; readonly filter: DeliveryFilter },
    list: ListQuery,
  ): Promise<ListPage<Delivery>>
  /** Due now, whatever its status, with the id it had. Throws as WebhooksService.get, and NotFoundError('delivery'). */
  redeliver(
    caller: Caller,
    of: { readonly webhookId: string; readonly deliveryId: string },
  ): Promise<Delivery>

  // For the process that sends:
  /** What is to be sent next to that webhook; undefined when nothing is due, or enough is under way. */
  claim(webhookNumber: number): Promise<DeliveryClaim | undefined>
  /** Logs the attempt and plans the next one, or ends the delivery. */
  record(claim: DeliveryClaim, outcome: DeliveryOutcome): Promise<void>
  /** Takes up again what a process that died left behind. */
  enqueueOverdue(): Promise<void>
}

export function createDeliveriesService(options: {
  db: Db
  webhooks: Pick<WebhooksService, 'get'>
}): DeliveriesService {
  const { db, webhooks } = options
  return {
    async list(caller, { webhookId, filter }, list) {
      await webhooks.get(caller, webhookId)
      return listDeliveries(db, { webhookId, filter: storable(filter) }, list)
    },

    async redeliver(caller, { webhookId, deliveryId }) {
      const { webhookNumber } = await webhooks.get(caller, webhookId)
      if (!isStorableText(deliveryId)) throw new NotFoundError('delivery', deliveryId)
      return inTransaction(db, async (trx) => {
        const delivery = await updateDeliveryAgain(trx, { webhookId, deliveryId })
        if (!delivery) throw new NotFoundError('delivery', deliveryId)
        await enqueueWebhooks(trx, [webhookNumber])
        return delivery
      })
    },

    claim: (webhookNumber) =>
      inTransaction(db, async (trx) => {
        const webhook = await lockEnabledWebhook(trx, webhookNumber)
        if (!webhook) return undefined
        const leaseId = randomUUID()
        const { webhookId } = webhook
        const claimed = await claimDelivery(trx, {
          webhookId,
          leaseId,
          leaseMs: LEASE_MS,
          underWayMax: UNDER_WAY_MAX,
        })
        return claimed && { ...claimed, leaseId, webhook }
      }),

    record: ({ deliveryId, leaseId, webhook }, outcome) =>
      inTransaction(db, async (trx) => {
        const { nextAttemptAt, disabledReason } = outcome
        await updateDeliveryAttempted(trx, { deliveryId, leaseId }, outcome)
        if (disabledReason !== null) await updateWebhookDisabled(trx, webhook.webhookId, disabledReason)
        if (nextAttemptAt === null) return
        await enqueueRetry(trx, { webhookNumber: webhook.webhookNumber, deliveryId, at: nextAttemptAt })
      }),

    async enqueueOverdue() {
      const overdue = await listOverdueWebhooks(db, { overdueMs: OVERDUE_MS, limit: OVERDUE_WEBHOOKS_MAX })
      if (overdue.length > 0) await enqueueWebhooks(db, overdue)
    },
  }
}

/** What can't be stored names nothing, and an empty string names nothing either. */
function storable({ status, type, eventId }: DeliveryFilter): DeliveryFilter {
  const known = (text: string | undefined) => (text === undefined || isStorableText(text) ? text : '')
  return { status, type: known(type), eventId: known(eventId) }
}
