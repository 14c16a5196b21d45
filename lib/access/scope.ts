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

/** Whether one who has the scopes `held` may do what `wanted` names. */
export function includesScope(held: readonly Scope[], wanted: Scope): boolean {
  return held.includes(wanted) || held.includes(wanted.replace(/:read$/, ':write') as Scope)
}
