import { type ListParameters, listParameters } from '../../../../schemas/list-query.ts'
import {
  createdWebhookAnswer,
  updatedWebhookAnswer,
  type WebhookCreateBody,
  type WebhookUpdateBody,
  webhookAnswer,
  webhookCreateBody,
  webhookUpdateBody,
} from '../../../../schemas/webhook.ts'
import type { WebhooksService } from '../../../webhooks/webhooks-service.ts'
import { listAnswer, type Noun, resourceAnswer } from '../rest-answer.ts'
import { toListQuery } from '../rest-query.ts'
import { defineRoute, type RestRoute } from '../rest-route.ts'
import { webhookView } from '../views/webhook-view.ts'

const NOUN: Noun = { one: 'webhook', many: 'webhooks' }
const PATH = '/v1/webhooks'
const TAG = 'Webhooks'

/** Subscriptions: contracts/cloud-printing.md, section 7. */
export const webhookRoutes = (webhooks: WebhooksService): readonly RestRoute[] => [
  ...readingRoutes(webhooks),
  ...writingRoutes(webhooks),
]

const readingRoutes = (webhooks: WebhooksService): readonly RestRoute[] => [
  defineRoute<unknown, ListParameters>({
    method: 'GET',
    path: PATH,
    scope: 'webhooks:read',
    summary: 'List webhooks',
    tag: TAG,
    query: listParameters,
    answer: { status: 200, schema: webhookAnswer, isList: true },
    async handle({ caller, query }) {
      const list = toListQuery(query)
      return listAnswer(NOUN, { page: await webhooks.list(caller, list), list, view: webhookView })
    },
  }),
  defineRoute({
    method: 'GET',
    path: `${PATH}/:id`,
    scope: 'webhooks:read',
    summary: 'Retrieve a webhook',
    tag: TAG,
    answer: { status: 200, schema: webhookAnswer },
    async handle({ caller, params: { id = '' } }) {
      return resourceAnswer(NOUN, 'retrieved', webhookView(await webhooks.get(caller, id)))
    },
  }),
]

const writingRoutes = (webhooks: WebhooksService): readonly RestRoute[] => [
  defineRoute<WebhookCreateBody>({
    method: 'POST',
    path: PATH,
    scope: 'webhooks:write',
    summary: 'Create a webhook',
    description:
      'The answer alone holds `secret`. One made by a key that is limited to a location gets the events of that location alone.',
    tag: TAG,
    body: webhookCreateBody,
    answer: { status: 201, schema: createdWebhookAnswer },
    refusals: ['validation_error'],
    async handle({ caller, body }) {
      const { url, topics, headers, secret } = body
      const created = await webhooks.create(caller, { url, topics, headers, secret })
      return resourceAnswer(NOUN, 'created', { ...webhookView(created.webhook), secret: created.secret })
    },
  }),
  defineRoute<WebhookUpdateBody>({
    method: 'POST',
    path: `${PATH}/:id`,
    scope: 'webhooks:write',
    summary: 'Update a webhook',
    description:
      'What is not named stays. A new `secret` is in the answer; for 24 hours requests are signed with the old one too.',
    tag: TAG,
    body: webhookUpdateBody,
    answer: { status: 200, schema: updatedWebhookAnswer },
    async handle({ caller, params: { id = '' }, body }) {
      const { url, topics, headers, secret, status } = body
      const change = { ...defined({ url, topics }), headers, secret, status }
      const updated = await webhooks.update(caller, id, change)
      const told = updated.secret === null ? {} : { secret: updated.secret }
      return resourceAnswer(NOUN, 'updated', { ...webhookView(updated.webhook), ...told })
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: `${PATH}/:id`,
    scope: 'webhooks:write',
    summary: 'Delete a webhook',
    description: 'Nothing is sent to it any more, not even what is pending.',
    tag: TAG,
    answer: { status: 200, schema: webhookAnswer },
    async handle({ caller, params: { id = '' } }) {
      return resourceAnswer(NOUN, 'deleted', webhookView(await webhooks.delete(caller, id)))
    },
  }),
]

function defined({ url, topics }: { url: string | undefined; topics: readonly string[] | undefined }) {
  return { ...(url !== undefined && { url }), ...(topics !== undefined && { topics }) }
}
