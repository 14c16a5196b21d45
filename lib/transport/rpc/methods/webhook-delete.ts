import { trueAnswer } from '../../../../schemas/rpc-answers.ts'
import { type WebhookDeleteArgs, webhookDeleteArgs } from '../../../../schemas/webhook-delete.ts'
import { NotFoundError } from '../../../errors.ts'
import type { MerchantWebhooksService } from '../../../webhooks/merchant-webhooks-service.ts'
import { defineMethod, MERCHANT_ROLES, type ResourceMethod } from '../rpc-method.ts'

const WEBHOOK_ID = /^[1-9]\d{0,14}$/

/** `webhook.delete(webhookId)` answers true; fault 103, for one that is deleted already too. */
export const webhookDelete = (webhooks: MerchantWebhooksService): ResourceMethod =>
  defineMethod<WebhookDeleteArgs>({
    path: 'webhook.delete',
    parameters: ['webhookId'],
    required: ['webhookId'],
    roles: MERCHANT_ROLES,
    schema: webhookDeleteArgs,
    summary: 'Unsubscribe a URL',
    example: { params: [1], result: true },
    result: trueAnswer,
    faults: [103],
    async call({ webhookId }, caller) {
      const text = String(webhookId)
      if (!WEBHOOK_ID.test(text)) throw new NotFoundError('webhook', text)
      await webhooks.delete(caller, Number(text))
      return true
    },
  })
