import type { JSONSchema } from 'json-schema-to-ts'
import { createComponents } from './openapi-components.ts'
import { errorResponses } from './openapi-errors.ts'
import { plainSchema } from './openapi-schema.ts'
import type { AnswerDescription, RestRoute } from './rest-route.ts'
import { rolesOf } from './role-routes.ts'

type Json = Readonly<Record<string, unknown>>

/** OpenAPI 3.1.1 of the routes, from the very schemas that requests are judged by. */
export function createOpenApi(routes: readonly RestRoute[], basePath: string): Json {
  const components = createComponents()
  const paths: Record<string, Record<string, unknown>> = {}
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route, components.reference) }
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Packhouse',
      version: 'v1',
      summary: 'Cloud printing and administration',
      description:
        'Every JSON answer has one form, errors too: `error_code` says what to do, `message` what to show.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: basePath === '' ? '/' : basePath }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    security: [{ apiKey: [] }],
    paths,
    components: {
      securitySchemes: {
        apiKey: { type: 'apiKey', in: 'header', name: 'PX-API-KEY', description: 'Or `X-API-KEY`' },
        pageSession: {
          type: 'apiKey',
          in: 'cookie',
          name: 'packhouse_session',
          description: 'Set by `POST /v1/session`. It counts in requests with the header `X-Packhouse-Page`.',
        },
      },
      schemas: components.schemas,
    },
  }
}

type Reference = (schema: JSONSchema) => Json

function operation(route: RestRoute, reference: Reference): Json {
  const { method, path, summary, description, tag, body, answer } = route
  const access = accessWords(route)
  return {
    operationId: operationId(method, path),
    summary,
    description: description === undefined ? access : `${description} ${access}`,
    tags: [tag],
    ...securityOf(route),
    parameters: parametersOf(route),
    ...(body && {
      requestBody: { required: true, content: { 'application/json': { schema: reference(body) } } },
    }),
    responses: { [answer.status]: success(answer, reference), ...errorResponses(route) },
  }
}

function accessWords(route: RestRoute): string {
  if (route.scope === 'public') return 'Needs no API key.'
  const roles = rolesOf(route).join(' or ')
  if (route.scope === 'session') return `Needs a page's session (\`session\`) of a ${roles}.`
  const orSession = roles === '' ? '' : `, or a page's session of a ${roles}`
  return `Needs the scope \`${route.scope}\`${orSession}.`
}

function securityOf(route: RestRoute): { readonly security?: readonly Json[] } {
  if (route.scope === 'public') return { security: [] }
  if (route.scope === 'session') return { security: [{ pageSession: [] }] }
  return rolesOf(route).length === 0 ? {} : { security: [{ apiKey: [] }, { pageSession: [] }] }
}

/** `GET /v1/api-keys/:id` is `get-v1-api-keys-id`. */
function operationId(method: string, path: string): string {
  return `${method}${path}`.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')
}

function parametersOf({ method, path, query }: RestRoute): readonly Json[] {
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
  const { properties = {}, required = [] } = (query ?? {}) as {
    properties?: Record<string, JSONSchema>
    required?: readonly string[]
  }
  const inQuery = Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema: plainSchema(schema),
  }))
  return [...inPath, ...inQuery, ...(method === 'POST' ? [IDEMPOTENCY_KEY] : [])]
}

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'The same key with the same body gets the same answer for 24 h, and nothing happens again.',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
}

function success(answer: AnswerDescription, reference: Reference): Json {
  if ('mediaType' in answer) {
    return { description: answer.description, content: { [answer.mediaType]: {} } }
  }
  return {
    description: 'Done',
    content: { 'application/json': { schema: envelopeOf(answer, reference) } },
  }
}

function envelopeOf(answer: Extract<AnswerDescription, { schema: JSONSchema }>, reference: Reference): Json {
  const item = reference(answer.schema)
  const one = answer.isNullable ? { anyOf: [item, { type: 'null' }] } : item
  const isPaged = answer.isList === true && answer.isPaged !== false
  return {
    allOf: [
      { $ref: '#/components/schemas/Success' },
      {
        type: 'object',
        properties: {
          status: { const: answer.status },
          data: answer.isList ? { type: 'array', items: item } : one,
          pagination: isPaged ? { $ref: '#/components/schemas/Pagination' } : { type: 'null' },
        },
      },
    ],
  }
}
