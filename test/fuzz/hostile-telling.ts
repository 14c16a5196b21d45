import { expect } from 'chai'
import { HOSTILE_TEXTS, type HostileTexts } from './hostile-texts.ts'
import { type Living, learn, STORY_WAIT_MS, type Taken, take, takeToItsEnd } from './living.ts'
import { type Goals, Reach } from './reach.ts'
import { type Known, type Step, toldStep } from './story-step.ts'
import type { Subject } from './subject.ts'
import { type TextPath, textAt, textPathsIn, withTextAt } from './text-places.ts'

/** Of what failed. */
const TOLD_LENGTH_MAX = 20_000
/** Enough to keep a server busy that is told several stories at the same time. */
const AT_ONCE = 4
/** For mocha, on a busy machine. */
export const TEXTS_MS = 300_000
/** A member that takes no text any more, or any, would go unseen. */
const GOALS: Goals = { taken: 300, refused: 1_000 }

interface HostileTelling<S extends Step> {
  readonly living: Living<S>
  readonly story: readonly S[]
  readonly texts: HostileTexts
  /** What takes away again what a step has made that was asked beside the story; undefined: it is in nobody's way. */
  readonly undo: (step: S, taken: Taken) => S | undefined
  readonly note: Reach['note']
}

/** Tells the story once for each kind of texts, all of them at the same time. */
export async function tellAllTexts<S extends Step>(
  subject: Subject,
  telling: Pick<HostileTelling<S>, 'living' | 'story' | 'undo'>,
): Promise<void> {
  const startedAt = performance.now()
  const reach = new Reach()
  const tellings = HOSTILE_TEXTS.map((texts) => tellWithTexts({ ...telling, texts, note: reach.note }))
  const counts = await allTold(subject, tellings)
  const seconds = Math.round((performance.now() - startedAt) / 1_000)
  const asked = counts.reduce((sum, count) => sum + count, 0)
  console.log(`      ${asked} steps with a hostile text in ${seconds} s: ${reach.told(GOALS)}`)
  expect(reach.missing(GOALS)).to.deep.equal([])
  await subject.assertSound()
}

/** Fails with all that failed: where the server ends, any of what was asked of it then may be to blame. */
async function allTold<T>(
  { allEnded }: Pick<Subject, 'allEnded'>,
  doings: readonly Promise<T>[],
): Promise<readonly T[]> {
  try {
    return await allEnded(doings)
  } catch (error) {
    const failed = (await Promise.allSettled(doings)).filter((end) => end.status === 'rejected')
    const told = failed.map(({ reason }) => String(reason)).join('\n')
    throw new Error(told.slice(0, TOLD_LENGTH_MAX), { cause: error })
  }
}

/**
 * Tells a story in which each of the texts is put in each place for text that there is, just before its step; then the step
 * is told with the flavour wherever that was taken, so that it goes through all that follows. Every step succeeds. Answers
 * how many questions were asked.
 */
async function tellWithTexts<S extends Step>(telling: HostileTelling<S>): Promise<number> {
  const { living, story, note } = telling
  const known = living.newKnowledge()
  const seen = new Set<string>()
  let count = 0
  for (const step of story) {
    const paths = textPathsIn(step.args).filter((path) => isNew(placeOf(step, path), seen))
    const tried = await tryTexts(telling, { step, paths, known })
    count += tried.length
    for (const { taken } of tried) note(taken.result === undefined ? 'refused' : 'taken')
    const result = await takeAtLast(telling, { step, tried, known })
    learn(step, result, known)
  }
  return count
}

/** The same in each entry of a list. What stands in a path of REST are the entries of `args[0]`, each of its own. */
function placeOf({ method }: Step, path: TextPath): string {
  const deep = path[0] === '0' ? 1 : 0
  return [method, ...path.map((name, depth) => (depth > deep && /^\d+$/.test(name) ? '*' : name))].join(' ')
}

function isNew(place: string, seen: Set<string>): boolean {
  const { size } = seen
  return seen.add(place).size > size
}

/**
 * Each of the texts in each of the places: where one of its kind was taken before, in all such places together, since what is
 * taken costs most; and one by one where that is refused.
 */
async function tryTexts<S extends Step>(
  telling: HostileTelling<S>,
  { step, paths, known }: { readonly step: S; readonly paths: readonly TextPath[]; readonly known: Known },
): Promise<readonly Tried[]> {
  const { flavour, alone } = telling.texts
  const tryAll = (tries: readonly Try[]) => takeEach(telling, tries, { step, known })
  const first = await tryAll(paths.map((path) => ({ paths: [path], text: flavour })))
  const isTaken = paths.map((_path, index) => first[index]?.taken.result !== undefined)
  const free = paths.filter((_path, index) => isTaken[index])
  const strict = paths.filter((_path, index) => !isTaken[index])
  const refused = await tryAll(alone.flatMap((text) => strict.map((path) => ({ paths: [path], text }))))
  const together = await tryAll(free.length > 0 ? alone.map((text) => ({ paths: free, text })) : [])
  const apart = together.filter(({ taken }) => taken.result === undefined && free.length > 1)
  const rest = await tryAll(apart.flatMap(({ text }) => free.map((path) => ({ paths: [path], text }))))
  return [...first, ...refused, ...together, ...rest]
}

/** A text in some places of a step. */
interface Try {
  readonly paths: readonly TextPath[]
  readonly text: string
}

/** What was answered to that. */
interface Tried extends Try {
  readonly taken: Taken
}

async function takeEach<S extends Step>(
  { living, undo }: HostileTelling<S>,
  tries: readonly Try[],
  { step, known }: { readonly step: S; readonly known: Known },
): Promise<readonly Tried[]> {
  const tryOne = async ({ paths, text }: Try): Promise<Tried> => {
    const changed = { ...step, args: withTextAt(step.args, paths, text) }
    const taken = await take(living, changed, known)
    const undoing = taken.result === undefined ? undefined : undo(changed, taken)
    if (undoing) await take(living, undoing, known)
    return { paths, text, taken }
  }
  const tried: Tried[] = []
  for (let from = 0; from < tries.length; from += AT_ONCE) {
    tried.push(...(await allTold(living, tries.slice(from, from + AT_ONCE).map(tryOne))))
  }
  return tried
}

/** What can be done once alone may have been done by one of those that were tried. */
async function takeAtLast<S extends Step>(
  { living, story, texts: { flavour } }: HostileTelling<S>,
  { step, tried, known }: { readonly step: S; readonly tried: readonly Tried[]; readonly known: Known },
): Promise<Taken['result']> {
  const taken = tried.filter(({ taken: { result } }) => result !== undefined)
  const free = taken.flatMap(({ paths, text }) =>
    text === flavour ? paths.filter((path) => isFree(textAt(step.args, path), story)) : [],
  )
  const flavoured = { ...step, args: withTextAt(step.args, free, flavour) }
  const refusals: unknown[] = []
  for (const each of free.length > 0 ? [flavoured, step] : [step]) {
    const { result, refusal } = await takeToItsEnd(living, each, { known, waitMs: STORY_WAIT_MS })
    if (result !== undefined) return result
    refusals.push(refusal)
  }
  const last = taken.at(-1)
  expect(last, `${toldStep(step)} ${JSON.stringify(refusals)}`).not.to.equal(undefined)
  return last?.taken.result
}

/** No other step names it. */
function isFree(text: string, story: readonly Step[]): boolean {
  const users = story.filter(({ args }) => textPathsIn(args).some((path) => textAt(args, path) === text))
  return !text.includes('@') && users.length === 1
}
