import { REST_ERRORS, type RestErrorCode } from '../faults.ts'
import type { RestRoute } from './rest-route.ts'

const OF_EVERY_ROUTE: readonly RestErrorCode[] = ['internal_error', 'unavailable']
const OF_KEYS: readonly RestErrorCode[] = ['invalid_api_key', 'rate_limited', 'missing_scope']
const OF_BODIES: readonly RestErrorCode[] = [
  'payload_too_large',
  'unsupported_media_type',
  'invalid_json',
  'validation_error',
  'idempotency_key_reused',
  'idempotency_in_progress',
]
const OF_IDS: readonly RestErrorCode[] = ['not_found', 'location_access']

/** By status, what the route refuses: the checks that routes share, and its own. */
export function errorResponses(route: RestRoute): Readonly<Record<string, unknown>> {
  const codes = new Set(codesOf(route))
  const statuses = new Set([...codes].map((code) => REST_ERRORS[code]))
  return Object.fromEntries(
    [...statuses].map((status) => [
      String(status),
      {
        description: [...codes].filter((code) => REST_ERRORS[code] === status).join(', '),
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    ]),
  )
}

function codesOf({ method, path, scope, query, refusals = [] }: RestRoute): readonly RestErrorCode[] {
  return [
    ...OF_EVERY_ROUTE,
    // Of the path's other verbs: what is open to everybody refuses nothing else.
    ...(scope === 'public' ? (['method_not_allowed'] as const) : OF_KEYS),
    ...(method === 'POST' ? (['rate_limited', ...OF_BODIES] as const) : []),
    ...(query === undefined ? [] : (['validation_error'] as const)),
    ...(path.includes(':') ? OF_IDS : []),
    ...refusals,
  ]
}
