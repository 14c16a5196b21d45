/** What a part of the fuzzing claims to reach, and how often: by name. */
export type Goals = Readonly<Record<string, number>>

/** How often a part got where it claims to get: a door that is quietly closed to the fuzzer would never fail. */
export class Reach {
  readonly #counts = new Map<string, number>()

  readonly note = (what: string): void => {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1)
  }

  /** What was reached too seldom: `printed: 0 of 3`. */
  missing(goals: Goals): readonly string[] {
    return Object.entries(goals).flatMap(([what, least]) => {
      const count = this.#counts.get(what) ?? 0
      return count < least ? [`${what}: ${count} of ${least}`] : []
    })
  }

  /** Few by name, with their counts; of many how often each was reached at least. */
  told(goals: Goals): string {
    const counts = Object.keys(goals).map((what) => [what, this.#counts.get(what) ?? 0] as const)
    if (counts.length <= TOLD_MAX) return counts.map(([what, count]) => `${what} ${count}`).join(', ')
    const least = Math.min(...counts.map(([, count]) => count))
    return `${counts.length} goals, each ${least} times at least`
  }
}

const TOLD_MAX = 16

/** The same for a run of another length: once at least, since a part goes on until it is there. */
export function goalsOf(goals: Goals, part: number): Goals {
  return Object.fromEntries(
    Object.entries(goals).map(([what, least]) => [what, Math.max(1, Math.floor(least * part))]),
  )
}
