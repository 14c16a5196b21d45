/** `rest` ones are made with an API key and get the events of every merchant; `rpc` ones are a merchant's. */
export type WebhookKind = 'rest' | 'rpc'
export type WebhookStatus = 'enabled' | 'disabled'

/** A subscription, without its secret. */
export interface Webhook {
  readonly webhookId: string
  /** The integer id of the RPC interface. */
  readonly webhookNumber: number
  readonly kind: WebhookKind
  readonly url: string
  /** As subscribed to. */
  readonly topics: readonly string[]
  readonly headers: Readonly<Record<string, string>>
  readonly status: WebhookStatus
  readonly disabledReason: string | null
  /** Since when `packhouse hold` keeps its events back; null: it doesn't. */
  readonly heldAt: Date | null
  /** That location's events alone; null: of any place, and of none. */
  readonly limitToLocation: string | null
  readonly merchantId: string | null
  /** Of the secret. */
  readonly last4: string
  readonly createdBy: string
  readonly updatedBy: string
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** With what it takes to sign, for the deliveries alone. */
export interface SigningWebhook extends Webhook {
  /** The present one, and for 24 h the one before. */
  readonly secrets: readonly string[]
}

export interface NewWebhook {
  readonly url: string
  readonly topics: readonly string[]
  readonly headers?: Readonly<Record<string, string | number>> | undefined
  readonly secret?: string | undefined
}

export interface WebhookChange extends Partial<NewWebhook> {
  readonly status?: WebhookStatus | undefined
}

/** A merchant's: contracts/rpc.md, section 12. */
export interface NewMerchantWebhook extends NewWebhook {
  readonly secret: string
  readonly isActive: boolean
}
