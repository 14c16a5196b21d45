import type { Caller } from '../access/caller.ts'
import type { Db } from '../db/database.ts'
import { NotFoundError } from '../errors.ts'
import { newId } from '../ids.ts'
import { isRpcTopic, patternsOf } from './topic.ts'
import type { NewMerchantWebhook, Webhook } from './webhook.ts'
import { assertTopics, assertWebhookUrl, readWebhookHeaders, type WebhookGuard } from './webhook-rules.ts'
import { deleteMerchantWebhook, insertWebhook, listMerchantWebhooks } from './webhook-store.ts'
import { assertRoom, WEBHOOKS_MAX } from './webhooks-service.ts'

/** Webhooks of one merchant, for the events of that merchant: contracts/rpc.md, section 12. */
export interface MerchantWebhooksService {
  /** By rising id. */
  list(caller: Caller): Promise<readonly Webhook[]>
  /** The secret is stored as it is: a hash can't sign. Throws InvalidError, ConflictError. */
  create(caller: Caller, webhook: NewMerchantWebhook): Promise<void>
  /** Throws NotFoundError, for another merchant's too. */
  delete(caller: Caller, webhookNumber: number): Promise<void>
}

export function createMerchantWebhooksService(options: {
  db: Db
  guard: WebhookGuard
}): MerchantWebhooksService {
  const { db, guard } = options
  return {
    list: (caller) => listMerchantWebhooks(db, merchantOf(caller), WEBHOOKS_MAX),

    async create(caller, { url, topics, headers = {}, secret, isActive }) {
      const merchantId = merchantOf(caller)
      assertWebhookUrl(url, guard)
      assertTopics(topics, isRpcTopic)
      await assertRoom(db, merchantId)
      await insertWebhook(db, {
        webhookId: newId('whk'),
        kind: 'rpc',
        url,
        topics,
        patterns: patternsOf(topics),
        headers: readWebhookHeaders(headers),
        secret,
        status: isActive ? 'enabled' : 'disabled',
        limitToLocation: null,
        merchantId,
        createdBy: caller.id,
      })
    },

    async delete(caller, webhookNumber) {
      const merchantId = merchantOf(caller)
      if (await deleteMerchantWebhook(db, { merchantId, webhookNumber })) return
      throw new NotFoundError('webhook', String(webhookNumber))
    },
  }
}

/** Only merchants may call these methods, and each has one. */
function merchantOf({ merchantId }: Caller): string {
  if (merchantId === null) throw new Error('a webhook of the RPC interface belongs to a merchant')
  return merchantId
}
