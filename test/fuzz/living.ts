import { expect } from 'chai'
import { absentStep } from './foreign-steps.ts'
import type { Life } from './life.ts'
import type { Reach } from './reach.ts'
import { type Json, type Known, type Step, toldStep } from './story-step.ts'
import type { Subject } from './subject.ts'

/** How long what isn't so yet is asked for again: in the story, and in a life, which may have nothing to wait for. */
export const STORY_WAIT_MS = 20_000
const LIFE_WAIT_MS = 3_000
const TOLD_LENGTH_MAX = 2_000

/** What was answered to a step; `result` is undefined where it was refused. */
export interface Taken {
  readonly result: Json
  /** Refused with that, which another try won't change. */
  readonly refusal?: unknown
}

export interface Living<S extends Step> {
  /** As a subject does it. */
  allEnded: Subject['allEnded']
  newKnowledge(): Known
  /** Asks for it, its `args` filled in, and judges the answer. */
  take(step: S, known: Known): Promise<Taken>
  /** Throws where the answer to a foreign step isn't as it must be; `absent` asks the same about things that never were. */
  assertHidden(answer: Taken, known: Known, absent: () => Promise<Taken>): Promise<void>
}

/** Answers how many steps were taken. */
export async function live<S extends Step>(
  living: Living<S>,
  { steps, atOnce }: Life<S>,
  note: Reach['note'],
): Promise<number> {
  const known = living.newKnowledge()
  for (let from = 0; from < steps.length; from += atOnce) {
    const some = steps.slice(from, from + atOnce)
    const taken = await living.allEnded(
      some.map((step) => takeToItsEnd(living, step, { known, waitMs: LIFE_WAIT_MS })),
    )
    for (const [index, step] of some.entries()) {
      const { result } = taken[index] as Taken
      note(result === undefined ? 'refused' : step.isForeign ? 'nothing found' : succeeds(step.method))
      if (result !== undefined) learn(step, result, known)
    }
  }
  return steps.length
}

export function succeeds(method: string): string {
  return `${method} succeeds`
}

/** The story itself: each step of it succeeds. `asides` are asked just before the step that they belong to. */
export async function tell<S extends Step>(
  living: Living<S>,
  story: readonly S[],
  asides: (step: S) => readonly S[],
): Promise<void> {
  const known = living.newKnowledge()
  for (const step of story) {
    for (const aside of asides(step)) await takeToItsEnd(living, aside, { known, waitMs: 0 })
    const { result, refusal } = await takeToItsEnd(living, step, { known, waitMs: STORY_WAIT_MS })
    expect(result, `${step.method} ${JSON.stringify([step.args, refusal])}`).not.to.equal(undefined)
    learn(step, result, known)
  }
}

/** What isn't so after a while is answered as it is: that printer may have nothing else to do than fail. */
export async function takeToItsEnd<S extends Step>(
  living: Living<S>,
  step: S,
  { known, waitMs }: { readonly known: Known; readonly waitMs: number },
): Promise<Taken> {
  if (step.isForeign) return takeForeign(living, step, known)
  const startedAt = performance.now()
  for (;;) {
    const taken = await take(living, step, known)
    const isOver = taken.result === undefined || performance.now() - startedAt > waitMs
    if (!step.until || isOver || step.until(taken.result)) return taken
  }
}

/** It makes nothing, whatever its step would make. */
async function takeForeign<S extends Step>(living: Living<S>, step: S, known: Known): Promise<Taken> {
  const taken = await take(living, step, known)
  await living
    .assertHidden(taken, known, () => take(living, absentStep(step), known))
    .catch((error: unknown) => {
      throw new Error(`${toldStep(step)} about somebody else's: ${String(error)}`)
    })
  return taken
}

/** Fails with the step that failed. */
export async function take<S extends Step>(living: Living<S>, step: S, known: Known): Promise<Taken> {
  try {
    return await living.take({ ...step, args: filledIn(step.args, known) as unknown[] }, known)
  } catch (error) {
    throw new Error(`${toldStep(step).slice(0, TOLD_LENGTH_MAX)}: ${String(error)}`, { cause: error })
  }
}

/** Of a valid step, or one that was changed: then what it makes may be missing. */
export function learn({ makes = [], isForeign = false }: Step, result: Json, known: Known): void {
  for (const [thing, find] of isForeign ? [] : makes) {
    try {
      known.set(thing, find(result, known))
    } catch (error) {
      if (!(error instanceof TypeError)) throw error
    }
  }
}

function filledIn(value: unknown, known: Known): unknown {
  if (typeof value === 'string') return filledText(value, known)
  if (Array.isArray(value)) return value.map((each) => filledIn(each, known))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, held]) => [name, filledIn(held, known)]))
}

/** Where a value is one thing, it is that; in the midst of a text it is written in. */
function filledText(text: string, known: Known): unknown {
  if (/^@[\w-]+$/.test(text)) return known.get(text.slice(1)) ?? text
  return text.replaceAll(/@(pdf|name)\b/g, (written, thing: string) => String(known.get(thing) ?? written))
}
