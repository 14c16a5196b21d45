/** What must hold whatever the times are. */
export interface Finding {
  readonly rule: string
  /** Null: this run can't tell. */
  readonly isKept: boolean | null
  readonly detail: string
}

const SHOWN_MAX = 10

/** Kept when nothing is wrong. */
export function finding(rule: string, detail: string, wrong: readonly string[]): Finding {
  if (wrong.length === 0) return { rule, isKept: true, detail }
  const more = wrong.length > SHOWN_MAX ? '; …' : ''
  const shown = wrong.slice(0, SHOWN_MAX).join('; ')
  return { rule, isKept: false, detail: `${detail}; ${wrong.length} wrong: ${shown}${more}` }
}

/** What is in one and not in the other, or not as often. */
export function differences(expected: readonly string[], found: readonly string[]): string[] {
  const counts = new Map<string, number>()
  for (const one of expected) counts.set(one, (counts.get(one) ?? 0) - 1)
  for (const one of found) counts.set(one, (counts.get(one) ?? 0) + 1)
  return [...counts]
    .filter(([, count]) => count !== 0)
    .map(([one, count]) => `${one}: ${count < 0 ? `${-count} missing` : `${count} too many`}`)
}
