import type { Caller } from '../access/caller.ts'
import { assertReachesLocation } from '../access/location-access.ts'
import type { Db } from '../db/database.ts'
import type { ListPage, ListQuery } from '../db/list-page.ts'
import { isStorableText } from '../db/storable-text.ts'
import { inTransaction } from '../db/transaction.ts'
import { ConflictError, InvalidError, NotFoundError } from '../errors.ts'
import { newId } from '../ids.ts'
import { isTopic, patternsOf } from './topic.ts'
import type { NewWebhook, Webhook, WebhookChange } from './webhook.ts'
import { assertTopics, assertWebhookUrl, readWebhookHeaders, type WebhookGuard } from './webhook-rules.ts'
import { isStandardSecret, newWebhookSecret } from './webhook-secret.ts'
import {
  countWebhooks,
  deleteWebhook,
  findWebhook,
  insertWebhook,
  listWebhooks,
  lockWebhook,
  updateWebhook,
  updateWebhookSecret,
} from './webhook-store.ts'

/** Every event is compared with every webhook; hundreds serve any site, thousands are a loop gone wrong. */
export const WEBHOOKS_MAX = 500
/** contracts/cloud-printing.md, section 7: for 24 h after a new secret both sign. */
const SECRET_OVERLAP_MS = 86_400_000

export interface WebhookWithSecret {
  readonly webhook: Webhook
  /** Null: it wasn't changed, and isn't told again. */
  readonly secret: string | null
}

/**
 * Webhooks made with API keys: contracts/cloud-printing.md, section 7. One made by a key that is limited to a location
 * gets that location's events alone, and is within reach of such keys alone, beside those that are not limited.
 */
export interface WebhooksService {
  list(caller: Caller, list: ListQuery): Promise<ListPage<Webhook>>
  /** Throws NotFoundError, and `forbidden` for a webhook of another location. */
  get(caller: Caller, webhookId: string): Promise<Webhook>
  /** The secret is told here once. It is stored as it is: a hash can't sign. Throws InvalidError. */
  create(caller: Caller, webhook: NewWebhook): Promise<WebhookWithSecret>
  /** A new secret is told once more; for 24 h both sign. Throws as `get` and `create`. */
  update(caller: Caller, webhookId: string, change: WebhookChange): Promise<WebhookWithSecret>
  /** Nothing is sent to it any more. Throws as `get`. */
  delete(caller: Caller, webhookId: string): Promise<Webhook>
}

export function createWebhooksService(options: { db: Db; guard: WebhookGuard }): WebhooksService {
  const { db, guard } = options
  return {
    list: (caller, list) => listWebhooks(db, caller.locationId, list),

    get: (caller, webhookId) => getWebhook(db, caller, webhookId),

    async create(caller, webhook) {
      const parts = readParts(webhook, guard)
      const secret = webhook.secret ?? newWebhookSecret()
      await assertRoom(db, null)
      const webhookId = newId('whk')
      await insertWebhook(db, {
        ...parts,
        webhookId,
        secret,
        kind: 'rest',
        status: 'enabled',
        limitToLocation: caller.locationId,
        merchantId: null,
        createdBy: caller.id,
      })
      return { webhook: await getWebhook(db, caller, webhookId), secret }
    },

    async update(caller, webhookId, { secret, status, ...change }) {
      await getWebhook(db, caller, webhookId)
      return inTransaction(db, async (trx) => {
        const locked = await lockWebhook(trx, webhookId)
        if (!locked) throw new NotFoundError('webhook', webhookId)
        const { url = locked.url, topics = locked.topics, headers = locked.headers } = change
        const parts = readParts({ url, topics, headers, secret }, guard)
        const state = stateAfter(locked, status)
        await updateWebhook(trx, { ...parts, ...state, webhookId, updatedBy: caller.id })
        if (secret !== undefined)
          await updateWebhookSecret(trx, { webhookId, secret, overlapMs: SECRET_OVERLAP_MS })
        return { webhook: await getWebhook(trx, caller, webhookId), secret: secret ?? null }
      })
    },

    async delete(caller, webhookId) {
      const webhook = await getWebhook(db, caller, webhookId)
      await deleteWebhook(db, webhookId)
      return webhook
    },
  }
}

/** Throws ConflictError when whoever it is has as many webhooks as may be. */
export async function assertRoom(db: Db, merchantId: string | null): Promise<void> {
  if ((await countWebhooks(db, merchantId)) < WEBHOOKS_MAX) return
  throw new ConflictError(
    'webhook',
    'too_many',
    `There are ${WEBHOOKS_MAX} webhooks already: delete one first`,
  )
}

async function getWebhook(db: Db, caller: Caller, webhookId: string): Promise<Webhook> {
  const webhook = isStorableText(webhookId) ? await findWebhook(db, webhookId) : undefined
  if (!webhook) throw new NotFoundError('webhook', webhookId)
  assertReachesLocation(caller, webhook.limitToLocation)
  return webhook
}

function readParts({ url, topics, headers = {}, secret }: NewWebhook, guard: WebhookGuard) {
  assertWebhookUrl(url, guard)
  assertTopics(topics, isTopic)
  if (secret !== undefined && !isStandardSecret(secret)) {
    throw new InvalidError('secret', 'invalid', 'secret must be whsec_ and base64 of 24 to 64 bytes')
  }
  const wanted = [...new Set(topics)]
  return { url, topics: wanted, patterns: patternsOf(wanted), headers: readWebhookHeaders(headers) }
}

function stateAfter(webhook: Webhook, status = webhook.status): Pick<Webhook, 'status' | 'disabledReason'> {
  if (status === webhook.status) return { status, disabledReason: webhook.disabledReason }
  return { status, disabledReason: status === 'disabled' ? 'disabled by an API key' : null }
}
