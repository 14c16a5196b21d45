import fc from 'fast-check'
import { foreignSteps } from './foreign-steps.ts'
import { applyMutation, type Mutation, mutation } from './mutation.ts'
import { type Step, toldStep } from './story-step.ts'

/** A story that went another way. */
export interface Life<S extends Step> {
  readonly steps: readonly S[]
  /** How many of them are asked at the same time. */
  readonly atOnce: number
}

export interface Story<S extends Step> {
  /** What makes the things that others are about: always there. */
  readonly first: readonly S[]
  readonly later: readonly S[]
  /** Steps that stand in no story. */
  readonly more?: fc.Arbitrary<S>
  /** Who may reach nothing of somebody else's, and how those things are called: `@order` and `@their-order`. */
  readonly confined: S['who']
  /** Things that are nobody's. */
  readonly shared: readonly string[]
}

/** What was made of one step. */
interface Change {
  /** Which of the steps: taken modulo their number. */
  readonly at: number
  readonly how: 'mutated' | 'repeated' | 'moved' | 'of somebody else'
  readonly mutation: Mutation
  readonly to: number
}

/** A question about somebody else's things beside the story, which goes on: whatever is refused there costs little. */
interface Probe {
  /** Which of the foreign steps, and before which of the story's: taken modulo their number. */
  readonly which: number
  readonly to: number
}

const probe: fc.Arbitrary<Probe> = fc.record({ which: fc.nat(500), to: fc.nat(200) })

const change: fc.Arbitrary<Change> = fc.record({
  at: fc.nat(60),
  how: fc.constantFrom(
    'mutated',
    'mutated',
    'mutated',
    'repeated',
    'moved',
    'of somebody else',
    'of somebody else',
  ),
  mutation,
  to: fc.nat(60),
})

/** Valid but for a few changes: as many steps as the story has, or some of them. */
export function livesOf<S extends Step>(story: Story<S>): fc.Arbitrary<Life<S>> {
  const { first, later, more, confined } = story
  const foreign = [...first, ...later]
    .filter(({ who }) => who === confined)
    .flatMap((step) => foreignSteps(step, story.shared))
  return fc
    .record({
      kept: fc.oneof(
        { withCrossShrink: true },
        fc.subarray([...later]),
        fc.constant(later),
        fc.constant(later),
      ),
      added: more ? fc.array(more, { maxLength: 4 }) : fc.constant([]),
      changes: fc.array(change, { maxLength: 6 }),
      probes: fc.array(probe, { minLength: 4, maxLength: 10 }),
      atOnce: fc.constantFrom(1, 1, 1, 2, 4),
    })
    .map(({ kept, added, changes, probes, atOnce }) => {
      const told = changes.reduce<readonly S[]>(
        (made, each) => changed(story, made, each),
        [...first, ...kept, ...added],
      )
      const steps = probes.reduce<readonly S[]>((made, each) => probed(foreign, made, each), told)
      return { steps, atOnce, [fc.toStringMethod]: () => toText(story, { steps, atOnce }) }
    })
}

/** A line a step, with `*` where it isn't as the story has it. */
function toText<S extends Step>({ first, later }: Story<S>, { steps, atOnce }: Life<S>): string {
  const lines = steps.map((step) => {
    const mark = first.includes(step) || later.includes(step) ? ' ' : '*'
    return `${mark} ${toldStep(step)}`
  })
  return `${atOnce} at once:\n${lines.join('\n')}\n`
}

function changed<S extends Step>(
  story: Story<S>,
  steps: readonly S[],
  { at, how, mutation: made, to }: Change,
): readonly S[] {
  const index = at % steps.length
  const step = steps[index]
  if (!step) return steps
  const changes: Readonly<Record<Change['how'], () => readonly S[]>> = {
    mutated: () =>
      steps.with(index, { ...step, args: asArgs(applyMutation(step.args, made)), isForeign: false }),
    repeated: () => steps.toSpliced(to % steps.length, 0, step),
    moved: () => steps.toSpliced(index, 1).toSpliced(to % steps.length, 0, step),
    'of somebody else': () => ofSomebodyElse(story, steps, at),
  }
  return changes[how]()
}

/** Others may work with everybody's: a step of the confined one alone. */
function ofSomebodyElse<S extends Step>(
  { confined, shared }: Story<S>,
  steps: readonly S[],
  at: number,
): readonly S[] {
  const own = steps.filter(({ who, isForeign }) => who === confined && isForeign !== true)
  const made = own.flatMap((step) => foreignSteps(step, shared).map((foreign) => ({ step, foreign })))
  const chosen = made[at % Math.max(1, made.length)]
  return chosen ? steps.with(steps.indexOf(chosen.step), chosen.foreign) : steps
}

function probed<S extends Step>(
  foreign: readonly S[],
  steps: readonly S[],
  { which, to }: Probe,
): readonly S[] {
  const asked = foreign[which % Math.max(1, foreign.length)]
  return asked ? steps.toSpliced(to % (steps.length + 1), 0, asked) : steps
}

/** What isn't a list any more is the first argument: the calls of `rpc.test.ts` have wrong lists enough. */
function asArgs(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value]
}
