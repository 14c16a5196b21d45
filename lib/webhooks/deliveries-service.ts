import { randomUUID } from 'node:crypto'
import type { Caller } from '../access/caller.ts'
import type { Db } from '../db/database.ts'
import type { ListPage, ListQuery } from '../db/list-page.ts'
import { inOneGo, type Step } from '../db/one-go.ts'
import { isStorableText } from '../db/storable-text.ts'
import { inTransaction, retried } from '../db/transaction.ts'
import { NotFoundError } from '../errors.ts'
import type { Delivery, DeliveryClaim, DeliveryFilter, EndedDelivery } from './delivery.ts'
import { type ClaimedDelivery, claimDeliveries, updateAttempted } from './delivery-claim-store.ts'
import { listDeliveries, listOverdueWebhooks, updateDeliveryAgain } from './delivery-store.ts'
import { enqueueRetry, enqueueWebhooks } from './job-store.ts'
import type { SigningWebhook } from './webhook.ts'
import { lockSigningWebhook, updateWebhookDisabled } from './webhook-store.ts'
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
  /**
   * Logs what became of requests to that webhook, and plans their next ones or ends their deliveries; then claims what is to
   * be sent next, `claimsMax` at most. All or nothing. Nothing is claimed when nothing is due, or enough is under way.
   */
  proceed(
    webhookNumber: number,
    turn: { readonly ended: readonly EndedDelivery[]; readonly claimsMax: number },
  ): Promise<readonly DeliveryClaim[]>
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

    async proceed(webhookNumber, { ended, claimsMax }) {
      const written = ended.flatMap(stepsOf)
      if (claimsMax <= 0) {
        if (written.length > 0) await retried(() => inOneGo(db, written))
        return []
      }
      const leaseId = randomUUID()
      const claim = claimDeliveries({
        webhookNumber,
        claimsMax,
        underWayMax: UNDER_WAY_MAX,
        leaseId,
        leaseMs: LEASE_MS,
      })
      // The claim is a statement of its own after the lock: it sees what others did while that was waited for.
      const [webhook, ...rest] = await retried(() =>
        inOneGo<[SigningWebhook | undefined, ...void[], ClaimedDelivery[]]>(db, [
          lockSigningWebhook(webhookNumber),
          ...written,
          claim,
        ]),
      )
      const claimed = rest.at(-1) ?? []
      return webhook ? claimed.map((delivery) => ({ ...delivery, leaseId, webhook })) : []
    },

    async enqueueOverdue() {
      const overdue = await listOverdueWebhooks(db, { overdueMs: OVERDUE_MS, limit: OVERDUE_WEBHOOKS_MAX })
      if (overdue.length > 0) await enqueueWebhooks(db, overdue)
    },
  }
}

function stepsOf({ claim, outcome }: EndedDelivery): Step<void>[] {
  const { deliveryId, webhook } = claim
  const { nextAttemptAt, disabledReason } = outcome
  const { webhookId, webhookNumber } = webhook
  return [
    updateAttempted(claim, outcome),
    ...(disabledReason === null ? [] : [updateWebhookDisabled(webhookId, disabledReason)]),
    ...(nextAttemptAt === null ? [] : [enqueueRetry({ webhookNumber, deliveryId, at: nextAttemptAt })]),
  ]
}

/** What can't be stored names nothing, and an empty string names nothing either. */
function storable({ status, type, eventId }: DeliveryFilter): DeliveryFilter {
  const known = (text: string | undefined) => (text === undefined || isStorableText(text) ? text : '')
  return { status, type: known(type), eventId: known(eventId) }
}
