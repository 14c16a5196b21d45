import { expect } from 'chai'
import type { Life } from './life.ts'
import type { Reach } from './reach.ts'
import type { Json, Step } from './story-step.ts'
import type { Subject } from './subject.ts'

/** How long what isn't so yet is asked for again: in the story, and in a life, which may have nothing to wait for. */
const STORY_WAIT_MS = 20_000
const LIFE_WAIT_MS = 3_000

/** What `@order` and so on stand for. */
export type Known = Map<string, unknown>

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
      note(result === undefined ? 'refused' : succeeds(step.method))
      if (result !== undefined) learn(step, result, known)
    }
  }
  return steps.length
}

export function succeeds(method: string): string {
  return `${method} succeeds`
}

/** The story itself: each step of it succeeds. */
export async function tell<S extends Step>(living: Living<S>, story: readonly S[]): Promise<void> {
  const known = living.newKnowledge()
  for (const step of story) {
    const { result, refusal } = await takeToItsEnd(living, step, { known, waitMs: STORY_WAIT_MS })
    expect(result, `${step.method} ${JSON.stringify([step.args, refusal])}`).not.to.equal(undefined)
    learn(step, result, known)
  }
}

/** What isn't so after a while is answered as it is: that printer may have nothing else to do than fail. */
async function takeToItsEnd<S extends Step>(
  living: Living<S>,
  step: S,
  { known, waitMs }: { readonly known: Known; readonly waitMs: number },
): Promise<Taken> {
  const startedAt = performance.now()
  for (;;) {
    const taken = await living.take({ ...step, args: filledIn(step.args, known) as unknown[] }, known)
    const isOver = taken.result === undefined || performance.now() - startedAt > waitMs
    if (!step.until || isOver || step.until(taken.result)) return taken
  }
}

/** Of a valid step, or one that was changed: then what it makes may be missing. */
function learn({ makes = [] }: Step, result: Json, known: Known): void {
  for (const [thing, find] of makes) {
    try {
      known.set(thing, find(result))
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
