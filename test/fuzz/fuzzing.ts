import fc from 'fast-check'
import { budgetMs, caseSecondsOf, EXTRA_MS, type FuzzedPart, goalPart, seed, watchdog } from './budget.ts'
import { type Goals, goalsOf, Reach } from './reach.ts'

/** On top of a part's time, where a case failed, to make it small. */
const SHRINK_MS = 30_000

export interface Fuzzing<Case> {
  readonly cases: fc.Arbitrary<Case>
  /** Judges one, notes what it got to, and answers how many cases it took. */
  judge(each: Case, note: Reach['note']): Promise<number>
  /** What a run of 120 s must get to at least so often; others in proportion, once at least. */
  readonly goals: Goals
}

/**
 * Judges cases until the time of that part is up and its goals are reached; the first that fails is made as small as half a
 * minute allows, and is told with the seed that makes it again.
 */
export async function fuzz<Case>(part: FuzzedPart, fuzzing: Fuzzing<Case>): Promise<void> {
  console.log(`      ${part}, FUZZ_SEED=${seed}`)
  const startedAt = performance.now()
  const goals = goalsOf(fuzzing.goals, goalPart)
  const run = new Run(part, fuzzing)
  try {
    let limitMs = budgetMs(part)
    for (let turn = 0; limitMs > 0; turn += 1) {
      await run.check(seed + turn * TURN_SEED, limitMs)
      // A slow machine may need longer; a door that is closed is never reached.
      if (run.reach.missing(goals).length === 0) break
      limitMs = Math.min(EXTRA_TURN_MS, budgetMs(part) + EXTRA_MS - (performance.now() - startedAt))
    }
  } finally {
    watchdog?.rest(part)
  }
  const seconds = Math.round((performance.now() - startedAt) / 1_000)
  console.log(
    `      ${run.count} cases of ${part} in ${seconds} s (FUZZ_SEED=${seed}): ${run.reach.told(goals)}`,
  )
  const missing = run.reach.missing(goals)
  if (missing.length > 0)
    throw new Error(`FUZZ_SEED=${seed}: ${part} didn't get where it should: ${missing.join(', ')}`)
}

const EXTRA_TURN_MS = 5_000
/** Far from the seeds that are given. */
const TURN_SEED = 1_000_003

class Run<Case> {
  readonly reach = new Reach()
  count = 0
  readonly #part: FuzzedPart
  readonly #fuzzing: Fuzzing<Case>
  #firstFailed: string | undefined
  #last: Promise<void> | undefined

  constructor(part: FuzzedPart, fuzzing: Fuzzing<Case>) {
    this.#part = part
    this.#fuzzing = fuzzing
  }

  /** Throws what failed, made small. */
  async check(ownSeed: number, limitMs: number): Promise<void> {
    const property = fc.asyncProperty(this.#fuzzing.cases, (each) => {
      this.#last = this.#judge(each)
      return this.#last
    })
    const check = (timeMs: number, path?: string | null) =>
      fc.check(property, {
        seed: ownSeed,
        ...(typeof path === 'string' && { path }),
        numRuns: Number.MAX_SAFE_INTEGER,
        interruptAfterTimeLimit: timeMs,
        markInterruptAsFailure: false,
        includeErrorInReport: true,
      })
    const result = await check(limitMs)
    // Its time was up, which is no verdict: it may be the one that hangs.
    await this.#last?.catch(() => undefined)
    if (this.#firstFailed === undefined) return
    const isMade = result.counterexamplePath !== null
    const smaller = isMade ? await check(SHRINK_MS, result.counterexamplePath) : result
    await this.#last?.catch(() => undefined)
    const told = [smaller, result].find(({ counterexample }) => counterexample !== null)
    const made = told ? fc.defaultReportMessage(told) : ''
    throw new Error(`FUZZ_SEED=${seed}: ${made}\nFound first with: ${this.#firstFailed}`)
  }

  async #judge(each: Case): Promise<void> {
    const told = `${this.#part}, FUZZ_SEED=${seed}: ${fc.stringify(each)}`
    watchdog?.watch(this.#part, told, caseSecondsOf(this.#part))
    try {
      this.count += await this.#fuzzing.judge(each, this.reach.note)
    } catch (error) {
      this.#firstFailed ??= `${fc.stringify(each)}\n${String(error)}`
      throw error
    }
  }
}

/** Some at once, mostly as many as may be: what fails with many is tried with few. */
export function batchesOf<Case>(each: fc.Arbitrary<Case>, max: number): fc.Arbitrary<Case[]> {
  return fc.oneof({ withCrossShrink: true }, fc.array(each, { minLength: 1, maxLength: max }), {
    weight: 9,
    arbitrary: fc.array(each, { minLength: max, maxLength: max }),
  })
}
