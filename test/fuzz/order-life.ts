import fc from 'fast-check'
import { applyMutation, type Mutation, mutation } from './mutation.ts'
import { toJsonText } from './hostile-values.ts'
import { ENDING, type Step, search, STORY } from './order-story.ts'

/** A life of an order that went another way. */
export interface OrderLife {
  readonly steps: readonly Step[]
  /** How many of them are asked at the same time. */
  readonly atOnce: number
}

/** What was made of one step. */
interface Change {
  /** Which of the steps: taken modulo their number. */
  readonly at: number
  readonly how: 'mutated' | 'repeated' | 'moved' | 'of the other merchant'
  readonly mutation: Mutation
  readonly to: number
}

const change: fc.Arbitrary<Change> = fc.record({
  at: fc.nat(60),
  how: fc.constantFrom(
    'mutated',
    'mutated',
    'mutated',
    'repeated',
    'moved',
    'of the other merchant',
    'of the other merchant',
  ),
  mutation,
  to: fc.nat(60),
})

/** The steps that make what others are about. */
const FIRST = STORY.slice(0, 4)
const LATER = [...STORY.slice(4), ...ENDING]

/** Valid but for a few changes: as many steps as the story has, or some of them. */
export const orderLives: fc.Arbitrary<OrderLife> = fc
  .record({
    kept: fc.oneof({ withCrossShrink: true }, fc.subarray(LATER), fc.constant(LATER), fc.constant(LATER)),
    searches: fc.array(search, { maxLength: 4 }),
    changes: fc.array(change, { maxLength: 6 }),
    atOnce: fc.constantFrom(1, 1, 1, 2, 4),
  })
  .map(({ kept, searches, changes, atOnce }) => ({
    steps: changes.reduce(applyChange, [...FIRST, ...kept, ...searches]),
    atOnce,
    [fc.toStringMethod]: toText,
  }))

/** A line a step, with `*` where it isn't as the story has it. */
function toText(this: OrderLife): string {
  const lines = this.steps.map((step) => {
    const mark = FIRST.includes(step) || LATER.includes(step) ? ' ' : '*'
    return `${mark} ${step.who}: ${step.method} ${toJsonText(step.args)}`
  })
  return `${this.atOnce} at once:\n${lines.join('\n')}\n`
}

function applyChange(steps: readonly Step[], { at, how, mutation: made, to }: Change): readonly Step[] {
  const index = at % steps.length
  const step = steps[index]
  if (!step) return steps
  const change: Readonly<Record<Change['how'], () => readonly Step[]>> = {
    mutated: () => steps.with(index, { ...step, args: asArgs(applyMutation(step.args, made)) }),
    repeated: () => steps.toSpliced(to % steps.length, 0, step),
    moved: () => steps.toSpliced(index, 1).toSpliced(to % steps.length, 0, step),
    'of the other merchant': () => ofTheOther(steps, at),
  }
  return change[how]()
}

/** The floor may work with everybody's: a step of the merchant alone. */
function ofTheOther(steps: readonly Step[], at: number): readonly Step[] {
  const own = steps.filter(({ who, args }) => who === 'demo-other' && JSON.stringify(args).includes('"@'))
  const step = own[at % Math.max(1, own.length)]
  if (!step) return steps
  return steps.with(steps.indexOf(step), { ...step, args: theirs(step.args) as unknown[] })
}

/** What isn't a list any more is the first argument: the calls of `rpc.test.ts` have wrong lists enough. */
function asArgs(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value]
}

/** `@order` becomes `@their-order`. */
function theirs(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/^@(?!pdf$|location$|station$|their-)/, '@their-')
  if (Array.isArray(value)) return value.map(theirs)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, held]) => [name, theirs(held)]))
}
