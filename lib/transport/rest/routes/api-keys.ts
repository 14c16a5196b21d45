import {
  type ApiKeyCreateBody,
  type ApiKeyUpdateBody,
  apiKeyAnswer,
  apiKeyCreateBody,
  apiKeyUpdateBody,
  createdApiKeyAnswer,
} from '../../../../schemas/api-key.ts'
import { type ListParameters, listParameters } from '../../../../schemas/list-query.ts'
import type { NewApiKey } from '../../../access/api-key.ts'
import type { ApiKeysService } from '../../../access/api-keys-service.ts'
import { listAnswer, type Noun, resourceAnswer } from '../rest-answer.ts'
import { toInstant } from '../rest-instant.ts'
import { toListQuery } from '../rest-query.ts'
import { defineRoute, type RestRoute } from '../rest-route.ts'
import { apiKeyView } from '../views/api-key-view.ts'

const NOUN: Noun = { one: 'API key', many: 'API keys' }
const PATH = '/v1/api-keys'
const TAG = 'API keys'

/** Keys of this interface: contracts/running.md, "Administration". */
export const apiKeyRoutes = (apiKeys: ApiKeysService): readonly RestRoute[] => [
  ...readingRoutes(apiKeys),
  ...writingRoutes(apiKeys),
]

const readingRoutes = (apiKeys: ApiKeysService): readonly RestRoute[] => [
  defineRoute<unknown, ListParameters>({
    method: 'GET',
    path: PATH,
    scope: 'api_keys:read',
    summary: 'List API keys',
    tag: TAG,
    query: listParameters,
    answer: { status: 200, schema: apiKeyAnswer, isList: true },
    async handle({ caller, query }) {
      const list = toListQuery(query)
      return listAnswer(NOUN, { page: await apiKeys.list(caller, list), list, view: apiKeyView })
    },
  }),
  defineRoute({
    method: 'GET',
    path: `${PATH}/:id`,
    scope: 'api_keys:read',
    summary: 'Retrieve an API key',
    tag: TAG,
    answer: { status: 200, schema: apiKeyAnswer },
    async handle({ caller, params: { id = '' } }) {
      return resourceAnswer(NOUN, 'retrieved', apiKeyView(await apiKeys.get(caller, id)))
    },
  }),
]

const writingRoutes = (apiKeys: ApiKeysService): readonly RestRoute[] => [
  defineRoute<ApiKeyCreateBody>({
    method: 'POST',
    path: PATH,
    scope: 'api_keys:write',
    summary: 'Create an API key',
    description: 'A key can give no scope and no location that it lacks itself.',
    tag: TAG,
    body: apiKeyCreateBody,
    answer: { status: 201, schema: createdApiKeyAnswer },
    refusals: ['not_found', 'location_access'],
    async handle({ caller, body }) {
      const { name, scopes, ...options } = body
      const { key, apiKey } = await apiKeys.create(caller, { name, scopes, ...optionsOf(options) })
      return resourceAnswer(NOUN, 'created', { ...apiKeyView(key), api_key: apiKey })
    },
  }),
  defineRoute<ApiKeyUpdateBody>({
    method: 'POST',
    path: `${PATH}/:id`,
    scope: 'api_keys:write',
    summary: 'Update an API key',
    description: 'What is not named stays. The key itself never changes.',
    tag: TAG,
    body: apiKeyUpdateBody,
    answer: { status: 200, schema: apiKeyAnswer },
    refusals: ['validation_error'],
    async handle({ caller, params: { id = '' }, body }) {
      const { name, scopes, ...options } = body
      const change = { name, scopes, ...optionsOf(options) }
      return resourceAnswer(NOUN, 'updated', apiKeyView(await apiKeys.update(caller, id, change)))
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: `${PATH}/:id`,
    scope: 'api_keys:write',
    summary: 'Delete an API key',
    description: 'It is refused from then on. The last key with `api_keys:write` for every location stays.',
    tag: TAG,
    answer: { status: 200, schema: apiKeyAnswer },
    refusals: ['validation_error'],
    async handle({ caller, params: { id = '' } }) {
      return resourceAnswer(NOUN, 'deleted', apiKeyView(await apiKeys.delete(caller, id)))
    },
  }),
]

function optionsOf({
  limit_to_location: limitToLocation,
  expires_at: expiresAt,
}: Pick<ApiKeyCreateBody, 'limit_to_location' | 'expires_at'>): Pick<
  NewApiKey,
  'limitToLocation' | 'expiresAt'
> {
  return { limitToLocation, expiresAt: expiresAt === undefined ? undefined : toInstant(expiresAt) }
}
