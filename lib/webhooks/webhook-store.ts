import { type Db, query, queryOne } from '../db/database.ts'
import { type ListPage, type ListQuery, mapListPage, queryListPage } from '../db/list-page.ts'
import { type Step, step } from '../db/one-go.ts'
import type { SigningWebhook, Webhook, WebhookKind, WebhookStatus } from './webhook.ts'

interface WebhookRow {
  webhook_id: string
  webhook_number: string
  kind: WebhookKind
  url: string
  topics: string[]
  headers: Record<string, string>
  secret: string
  previous_secret: string | null
  status: WebhookStatus
  disabled_reason: string | null
  held_at: Date | null
  limit_to_location: string | null
  merchant_id: string | null
  created_by: string
  updated_by: string
  created_at: Date
  updated_at: Date
}

/** `previous_secret` is told while it still signs. */
const SELECT_WEBHOOKS = `
  select webhooks.webhook_id, webhooks.webhook_number, webhooks.kind, webhooks.url, webhooks.topics,
    webhooks.headers, webhooks.secret, webhooks.status, webhooks.disabled_reason, webhooks.held_at,
    webhooks.limit_to_location, webhooks.merchant_id, webhooks.created_by, webhooks.updated_by, webhooks.created_at, webhooks.updated_at,
    webhooks.webhook_number as list_position,
    case when webhooks.previous_secret_until > now() then webhooks.previous_secret end as previous_secret
  from webhooks`

export interface WebhookInsert {
  readonly webhookId: string
  readonly kind: WebhookKind
  readonly url: string
  readonly topics: readonly string[]
  /** What of the topics can fire: lib/webhooks/topic.ts. */
  readonly patterns: readonly string[]
  readonly headers: Readonly<Record<string, string>>
  readonly secret: string
  readonly status: WebhookStatus
  readonly limitToLocation: string | null
  readonly merchantId: string | null
  readonly createdBy: string
}

export async function insertWebhook(db: Db, webhook: WebhookInsert): Promise<void> {
  await query(
    db,
    `insert into webhooks (webhook_id, kind, url, topics, patterns, headers, secret, status, limit_to_location,
       merchant_id, created_by, updated_by)
     values (:webhookId, :kind, :url, :topics::text[], :patterns::text[], :headers, :secret, :status,
       :limitToLocation, :merchantId, :createdBy, :createdBy)`,
    { ...webhook, headers: JSON.stringify(webhook.headers) },
  )
}

/** Of all API keys, or of that merchant. */
export async function countWebhooks(db: Db, merchantId: string | null): Promise<number> {
  const row = await queryOne<{ count: string }>(
    db,
    `select count(*) as count from webhooks
     where deleted_at is null and merchant_id is not distinct from :merchantId::text`,
    { merchantId },
  )
  return Number(row?.count ?? 0)
}

/** One made with an API key. */
export async function findWebhook(db: Db, webhookId: string): Promise<Webhook | undefined> {
  const row = await queryOne<WebhookRow>(
    db,
    `${SELECT_WEBHOOKS} where webhooks.webhook_id = :webhookId and webhooks.kind = 'rest' and webhooks.deleted_at is null`,
    { webhookId },
  )
  return row && toWebhook(row)
}

/** Those made with API keys; `locationId` null: wherever they listen. */
export async function listWebhooks(
  db: Db,
  locationId: string | null,
  list: ListQuery,
): Promise<ListPage<Webhook>> {
  const sql = `${SELECT_WEBHOOKS} where webhooks.kind = 'rest' and webhooks.deleted_at is null
    and (:locationId::text is null or webhooks.limit_to_location = :locationId::text)`
  return mapListPage(await queryListPage<WebhookRow>(db, { sql, bindings: { locationId } }, list), toWebhook)
}

/** In the order in which they were made. */
export async function listMerchantWebhooks(db: Db, merchantId: string, limit: number): Promise<Webhook[]> {
  const rows = await query<WebhookRow>(
    db,
    `${SELECT_WEBHOOKS} where webhooks.merchant_id = :merchantId and webhooks.deleted_at is null
     order by webhooks.webhook_number limit :limit::integer`,
    { merchantId, limit },
  )
  return rows.map(toWebhook)
}

/** As it is now, until the transaction ends. */
export async function lockWebhook(db: Db, webhookId: string): Promise<SigningWebhook | undefined> {
  const row = await queryOne<WebhookRow>(
    db,
    `${SELECT_WEBHOOKS} where webhooks.webhook_id = :webhookId and webhooks.deleted_at is null
     for no key update of webhooks`,
    { webhookId },
  )
  return row && toSigningWebhook(row)
}

/** For the deliveries: until the transaction ends, nobody else claims any of that webhook. */
export function lockSigningWebhook(webhookNumber: number): Step<SigningWebhook | undefined> {
  return step(
    `${SELECT_WEBHOOKS} where webhooks.webhook_number = :webhookNumber::bigint for no key update of webhooks`,
    { webhookNumber },
    ([row]: WebhookRow[]) => row && toSigningWebhook(row),
  )
}

export interface WebhookUpdate
  extends Pick<Webhook, 'webhookId' | 'url' | 'topics' | 'headers' | 'status' | 'disabledReason'> {
  readonly patterns: readonly string[]
  readonly updatedBy: string
}

export async function updateWebhook(db: Db, webhook: WebhookUpdate): Promise<void> {
  await query(
    db,
    `update webhooks set url = :url, topics = :topics::text[], patterns = :patterns::text[], headers = :headers,
       status = :status, disabled_reason = :disabledReason, updated_by = :updatedBy, updated_at = now()
     where webhook_id = :webhookId`,
    {
      webhookId: webhook.webhookId,
      url: webhook.url,
      topics: webhook.topics,
      patterns: webhook.patterns,
      headers: JSON.stringify(webhook.headers),
      status: webhook.status,
      disabledReason: webhook.disabledReason,
      updatedBy: webhook.updatedBy,
    },
  )
}

/** The one before signs as well for `overlapMs`. The same secret again changes nothing. */
export async function updateWebhookSecret(
  db: Db,
  change: { readonly webhookId: string; readonly secret: string; readonly overlapMs: number },
): Promise<void> {
  await query(
    db,
    `update webhooks set previous_secret = secret, secret = :secret,
       previous_secret_until = now() + :overlapMs * interval '1 millisecond'
     where webhook_id = :webhookId and secret <> :secret`,
    { ...change },
  )
}

export function updateWebhookDisabled(webhookId: string, reason: string): Step<void> {
  return step(
    `update webhooks set status = 'disabled', disabled_reason = :reason, updated_at = now()
     where webhook_id = :webhookId and status = 'enabled'`,
    { webhookId, reason },
    () => undefined,
  )
}

/** Holds those that are enabled; answers how many. */
export async function updateHeld(db: Db): Promise<number> {
  const rows = await query(
    db,
    `update webhooks set held_at = now()
     where status = 'enabled' and held_at is null and deleted_at is null
     returning webhook_id`,
  )
  return rows.length
}

/** Answers the numbers of those that were held. */
export async function updateReleased(db: Db): Promise<number[]> {
  const rows = await query<{ webhook_number: string }>(
    db,
    `update webhooks set held_at = null where held_at is not null and deleted_at is null
     returning webhook_number`,
  )
  return rows.map((row) => Number(row.webhook_number))
}

const AS_DELETED = `deleted_at = now(), updated_at = now(), secret = '', previous_secret = null, headers = '{}',
  limit_to_location = null`

/** Its deliveries go later, in pieces: lib/webhooks/retention-store.ts. The secrets go now. */
export async function deleteWebhook(db: Db, webhookId: string): Promise<void> {
  await query(
    db,
    `update webhooks set ${AS_DELETED}
     where webhook_id = :webhookId and deleted_at is null`,
    { webhookId },
  )
}

/** False when that merchant has no such webhook. */
export async function deleteMerchantWebhook(
  db: Db,
  { merchantId, webhookNumber }: { readonly merchantId: string; readonly webhookNumber: number },
): Promise<boolean> {
  const row = await queryOne<{ webhook_id: string }>(
    db,
    `update webhooks set ${AS_DELETED}
     where merchant_id = :merchantId and webhook_number = :webhookNumber::bigint and deleted_at is null
     returning webhook_id`,
    { merchantId, webhookNumber },
  )
  return row !== undefined
}

function toWebhook(row: WebhookRow): Webhook {
  return {
    webhookId: row.webhook_id,
    webhookNumber: Number(row.webhook_number),
    kind: row.kind,
    url: row.url,
    topics: row.topics,
    headers: row.headers,
    status: row.status,
    disabledReason: row.disabled_reason,
    heldAt: row.held_at,
    limitToLocation: row.limit_to_location,
    merchantId: row.merchant_id,
    last4: row.secret.slice(-4),
    createdBy: row.created_by,
    updatedBy: row.updated_by,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

function toSigningWebhook(row: WebhookRow): SigningWebhook {
  const secrets = row.previous_secret === null ? [row.secret] : [row.secret, row.previous_secret]
  return { ...toWebhook(row), secrets }
}
