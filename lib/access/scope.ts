/** What a key of the REST interface may do: contracts/running.md, "Administration". */
const SCOPED_RESOURCES = [
  'api_keys',
  'merchants',
  'users',
  'locations',
  'webhooks',
  'print_jobs',
  'print_stations',
  'thermal',
] as const

/** `write` includes `read` of the same resource. */
export type Scope = `${(typeof SCOPED_RESOURCES)[number]}:${'read' | 'write'}`

export const SCOPES: readonly Scope[] = SCOPED_RESOURCES.flatMap((resource): Scope[] => [
  `${resource}:read`,
  `${resource}:write`,
])
