import { trueAnswer } from '../../../../schemas/rpc-answers.ts'
import { type WebhookCreateArgs, webhookCreateArgs } from '../../../../schemas/webhook-create.ts'
import type { MerchantWebhooksService } from '../../../webhooks/merchant-webhooks-service.ts'
import { readHeaderLines } from '../../../webhooks/webhook-rules.ts'
import { defineMethod, MERCHANT_ROLES, type ResourceMethod } from '../rpc-method.ts'

/** `webhook.create(webhook)` answers true: contracts/rpc.md, section 12. Fault 101. */
export const webhookCreate = (webhooks: MerchantWebhooksService): ResourceMethod =>
  defineMethod<WebhookCreateArgs>({
    path: 'webhook.create',
    parameters: ['webhook'],
    required: ['webhook'],
    roles: MERCHANT_ROLES,
    schema: webhookCreateArgs,
    summary: 'Subscribe a URL to events',
    example: {
      params: [
        {
          url: 'https://hooks.example/packhouse',
          topics: ['order:completed', 'order_instruction.confirmed'],
          secret_key: 'a secret of your own!',
          extra_headers: 'X-Warehouse: 1',
        },
      ],
      result: true,
    },
    result: trueAnswer,
    faults: [101],
    async call({ webhook }, caller) {
      await webhooks.create(caller, {
        url: webhook.url,
        topics: namesOf(webhook.topics),
        headers: readHeaderLines(webhook.extra_headers ?? ''),
        secret: webhook.secret_key,
        isActive: Boolean(webhook.is_active ?? true),
      })
      return true
    },
  })

function namesOf(topics: string | readonly string[]): readonly string[] {
  const names = typeof topics === 'string' ? topics.split(',') : topics
  return names.map((name) => name.trim())
}
