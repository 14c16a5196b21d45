import {
  type WebhookDeliveryParameters,
  webhookDeliveryAnswer,
  webhookDeliveryParameters,
} from '../../../../schemas/webhook-delivery.ts'
import type { DeliveriesService } from '../../../webhooks/deliveries-service.ts'
import { listAnswer, type Noun, resourceAnswer } from '../rest-answer.ts'
import { toListQuery } from '../rest-query.ts'
import { defineRoute, type RestRoute } from '../rest-route.ts'
import { deliveryView } from '../views/webhook-view.ts'

const NOUN: Noun = { one: 'webhook delivery', many: 'webhook deliveries' }
const PATH = '/v1/webhooks/:id/deliveries'
const TAG = 'Webhooks'

/** What was sent to a webhook and what became of it: contracts/cloud-printing.md, section 7. */
export const webhookDeliveryRoutes = (deliveries: DeliveriesService): readonly RestRoute[] => [
  defineRoute<unknown, WebhookDeliveryParameters>({
    method: 'GET',
    path: PATH,
    scope: 'webhooks:read',
    summary: 'List the deliveries of a webhook',
    description: 'One for each event and webhook; kept for 14 days.',
    tag: TAG,
    query: webhookDeliveryParameters,
    answer: { status: 200, schema: webhookDeliveryAnswer, isList: true },
    refusals: ['not_found', 'location_access'],
    async handle({ caller, params: { id = '' }, query }) {
      const { status, type, event_id: eventId } = query
      const list = toListQuery(query)
      const of = { webhookId: id, filter: { status, type, eventId } }
      return listAnswer(NOUN, { page: await deliveries.list(caller, of, list), list, view: deliveryView })
    },
  }),
  defineRoute({
    method: 'POST',
    path: `${PATH}/:delivery_id/redeliver`,
    scope: 'webhooks:write',
    summary: 'Deliver an event again',
    description: 'It is pending and due now, whatever its status, with the same `webhook-id`.',
    tag: TAG,
    answer: { status: 200, schema: webhookDeliveryAnswer },
    async handle({ caller, params: { id = '', delivery_id: deliveryId = '' } }) {
      const delivery = await deliveries.redeliver(caller, { webhookId: id, deliveryId })
      return resourceAnswer(NOUN, 'updated', deliveryView(delivery))
    },
  }),
]
