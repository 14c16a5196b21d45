import { type WebhookListArgs, webhookListAnswer, webhookListArgs } from '../../../../schemas/webhook-list.ts'
import type { MerchantWebhooksService } from '../../../webhooks/merchant-webhooks-service.ts'
import { writeHeaderLines } from '../../../webhooks/webhook-rules.ts'
import { defineMethod, MERCHANT_ROLES, type ResourceMethod } from '../rpc-method.ts'

/** `webhook.list()` answers the merchant's webhooks by rising id: contracts/rpc.md, section 12. */
export const webhookList = (webhooks: MerchantWebhooksService): ResourceMethod =>
  defineMethod<WebhookListArgs>({
    path: 'webhook.list',
    parameters: [],
    required: [],
    roles: MERCHANT_ROLES,
    schema: webhookListArgs,
    summary: 'List the webhooks',
    example: {
      params: [],
      result: [
        {
          webhook_id: 1,
          is_active: 1,
          topics: 'order:completed,order_instruction.confirmed',
          url: 'https://hooks.example/packhouse',
          extra_headers: 'X-Warehouse: 1',
          secret_key: 'own!',
        },
      ],
    },
    result: webhookListAnswer,
    faults: [],
    async call(_args, caller) {
      const found = await webhooks.list(caller)
      return found.map((webhook) => ({
        webhook_id: webhook.webhookNumber,
        is_active: webhook.status === 'enabled' ? 1 : 0,
        topics: webhook.topics.join(','),
        url: webhook.url,
        extra_headers: writeHeaderLines(webhook.headers),
        secret_key: webhook.last4,
      }))
    },
  })
