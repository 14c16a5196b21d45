import type { Known, Step } from './story-step.ts'

/**
 * What somebody else has, by what a story calls it, as `@their-order`; and as `@none-order` an id of its form that nobody
 * ever had.
 */
export function foreignThings(
  theirs: Readonly<Record<string, unknown>>,
): readonly (readonly [thing: string, id: unknown])[] {
  return Object.entries(theirs).flatMap(([thing, id]) => [
    [`their-${thing}`, id] as const,
    [`none-${thing}`, absentIdOf(id)] as const,
  ])
}

/**
 * The step as it would be about somebody else's things: about one of them for each thing that it names, and about all of
 * them. `shared` are everybody's.
 */
export function foreignSteps<S extends Step>(step: S, shared: readonly string[]): readonly S[] {
  const own = [...new Set(thingsIn(step.args))].filter((thing) => !shared.includes(thing))
  const replaced = own.length > 1 ? [...own.map((thing) => [thing]), own] : own.map((thing) => [thing])
  return replaced.map((things) => {
    const rename = (thing: string) => (things.includes(thing) ? `their-${thing}` : thing)
    return { ...step, args: withThings(step.args, rename), isForeign: true }
  })
}

/** The step with each of the filters alone that it has in that argument, and with none: each narrows what one may see. */
export function loneFilters<S extends Step>(step: S, at: number): readonly S[] {
  const filters = Object.entries(step.args[at] ?? {}).map(([name, value]) => ({ [name]: value }))
  return [{}, ...filters].map((filter) => ({ ...step, args: step.args.with(at, filter) }))
}

/** A foreign step as it would be about things that nobody ever had. */
export function absentStep<S extends Step>(step: S): S {
  return { ...step, args: withThings(step.args, (thing) => thing.replace(/^their-/, 'none-')) }
}

/** As JSON, with one word for each id of somebody else's and of nobody's: what names them differs in nothing else. */
export function withoutForeignIds(value: unknown, known: Known): string {
  const foreign = [...known].filter(([thing]) => /^(their|none)-/.test(thing))
  return foreign.reduce(
    (text, [, id]) => text.replaceAll(new RegExp(`(?<![\\w-])${String(id)}(?![\\w-])`, 'g'), '@id'),
    JSON.stringify(value),
  )
}

/** Numbers of nothing that is made within a run; an id of letters never ends so. */
const FAR = 1_000_000
const NO_ENDING = '0000'

function absentIdOf(id: unknown): unknown {
  if (typeof id === 'number') return id + FAR
  const text = String(id)
  const number = /^\d+(?=-|$)/.exec(text)?.[0]
  return number === undefined
    ? text.slice(0, -NO_ENDING.length) + NO_ENDING
    : Number(number) + FAR + text.slice(number.length)
}

const THING = /^@([\w-]+)$/

function thingsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return THING.exec(value)?.slice(1) ?? []
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(thingsIn)
}

function withThings(values: readonly unknown[], rename: (thing: string) => string): readonly unknown[] {
  return values.map((value) => withThingsIn(value, rename))
}

function withThingsIn(value: unknown, rename: (thing: string) => string): unknown {
  if (typeof value === 'string') return value.replace(THING, (_whole, thing: string) => `@${rename(thing)}`)
  if (Array.isArray(value)) return withThings(value, rename)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, held]) => [name, withThingsIn(held, rename)]))
}
