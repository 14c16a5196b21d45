import { toJsonText } from './hostile-values.ts'

// biome-ignore lint/suspicious/noExplicitAny: results are read where they are known
export type Json = any

/** What `@order` and so on stand for. */
export type Known = Map<string, unknown>

/** A step of a story, all of whose steps succeed in their order. */
export interface Step<Who extends string = string> {
  readonly who: Who
  /** Of JSON-RPC; or a verb and the path of a route. */
  readonly method: string
  /** `@order` and so on stand for what earlier steps made. */
  readonly args: readonly unknown[]
  /** What its result is known by from then on. */
  readonly makes?: readonly (readonly [thing: string, find: (result: Json, known: Known) => unknown])[]
  /** It is asked again, for a while, until its result is like that. */
  readonly until?: (result: Json) => boolean
  /** It is about somebody else's things, and is answered as the rules have it for these. */
  readonly isForeign?: boolean
}

/** A line. */
export function toldStep({ who, method, args }: Step): string {
  return `${who}: ${method} ${toJsonText(args)}`
}
