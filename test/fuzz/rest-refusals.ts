import { REST_RULES } from '../authorisation/rest-rules.ts'
import type { Goals, Reach } from './reach.ts'

const KINDS = new Set([400, 401, 403, 404])

/** How a route has to refuse, by the rules that the authorisation matrix proves. `isExamined`: not any body or query will do. */
export function refusalsOf({
  route,
  isExamined,
}: {
  readonly route: string
  readonly isExamined: boolean
}): Goals {
  const isClosed = REST_RULES[route]?.scope !== 'public'
  const kinds = [
    ...(isClosed ? [401, 403] : []),
    ...(isClosed && route.includes(':') ? [404] : []),
    ...(isExamined ? [400] : []),
  ]
  return Object.fromEntries(kinds.map((kind) => [toldOf(route, kind), 1]))
}

export function noteRefusal(route: string, status: number, note: Reach['note']): void {
  if (KINDS.has(status)) note(toldOf(route, status))
}

function toldOf(route: string, status: number): string {
  return `${route} ${status}`
}
