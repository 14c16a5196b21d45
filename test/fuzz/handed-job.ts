import type { Garbling, How, Mischief, Question, Repetition } from './station-mischief.ts'

/** The claim of a job lasts so long. That of one that was handed out garbled isn't renewed then: its document may never come. */
export const LEASE_MS = 3_000

/** A job that is handed out, and what was heard of it. */
export interface HandedJob {
  readonly id: string
  /** How it ended, as often as the client said so. */
  readonly reported: readonly string[]
  /** How often the client was misled about it. */
  readonly misled: number
}

export interface OwnJob extends HandedJob {
  readonly reported: string[]
  readonly mischief: Mischief | null
  misled: number
  handedAt: number
  /** It was handed out as it is. */
  isHanded: boolean
}

/** An answer to that question is garbled. */
export function isDue({ mischief, misled }: OwnJob, question: Question): boolean {
  return garblingOf(mischief) !== undefined && mischief?.question === question && misled < mischief.times
}

export function garblingOf(mischief: Mischief | null | undefined): Garbling | undefined {
  const how = mischief?.how
  return how && isGarbling(how) ? how : undefined
}

function isGarbling(how: How): how is Garbling {
  return how.kind !== 'again' && how.kind !== 'elsewhere'
}

/** It was begun, and is to be handed out again in that way. */
export function mayRepeat({ mischief, misled, isHanded }: OwnJob, how: Repetition): boolean {
  return isHanded && mischief?.how.kind === how && misled < mischief.times
}

export function hasLapsed({ mischief, misled, handedAt }: OwnJob): boolean {
  const isGarbled = mischief?.question === 'next' && garblingOf(mischief) !== undefined
  return isGarbled && misled > 0 && performance.now() - handedAt > LEASE_MS
}
