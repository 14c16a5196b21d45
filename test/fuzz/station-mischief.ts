import fc from 'fast-check'
import { type HostileAnswer, hostileAnswers } from './hostile-answers.ts'
import { type ByteChange, byteChanges, type Mutation, mutation } from './mutation.ts'

/** What a station client asks its server for. */
export const QUESTIONS = ['station', 'next', 'document', 'renewal', 'report', 'events'] as const
export type Question = (typeof QUESTIONS)[number]

/** What becomes of the next answers to one question about one job; then the server is as good as any. */
export interface Mischief {
  readonly question: Question
  readonly times: number
  readonly how: How
}

export type How = Garbling | { readonly kind: Repetition }

/** A job that was begun is handed out again: to the printer that had it, or to another one while that one has it. */
export type Repetition = 'again' | 'elsewhere'

/** Something else is said than what is due. */
export type Garbling =
  | { readonly kind: 'answer'; readonly answer: HostileAnswer }
  /** Of the JSON that is due, in its envelope or in its data. */
  | { readonly kind: 'changed'; readonly isInData: boolean; readonly mutations: readonly Mutation[] }
  /** One of the values of its data is megabytes long. */
  | { readonly kind: 'swollen'; readonly at: number }
  /** Of the bytes that are due. */
  | { readonly kind: 'bytes'; readonly changes: readonly ByteChange[] }
  | { readonly kind: 'huge'; readonly mib: number }
  | { readonly kind: 'refused'; readonly status: number; readonly code: string }

const CODES = ['invalid_status_transition', 'not_found', 'invalid_signature', 'unauthorized', 'internal', 'x']

const kinds: { readonly [Kind in Garbling['kind']]: fc.Arbitrary<Garbling & { readonly kind: Kind }> } = {
  answer: fc.record({ kind: fc.constant('answer'), answer: hostileAnswers.filter(isQuick) }),
  changed: fc.record({
    kind: fc.constant('changed'),
    isInData: fc.boolean(),
    mutations: fc.array(mutation, { minLength: 1, maxLength: 3 }),
  }),
  swollen: fc.record({ kind: fc.constant('swollen'), at: fc.nat(40) }),
  bytes: fc.record({ kind: fc.constant('bytes'), changes: byteChanges(4) }),
  huge: fc.record({ kind: fc.constant('huge'), mib: fc.constantFrom(5, 30) }),
  refused: fc.record({
    kind: fc.constant('refused'),
    status: fc.constantFrom(400, 403, 404, 409, 429, 503),
    code: fc.constantFrom(...CODES),
  }),
}

const times = fc.integer({ min: 1, max: 2 })

const garbled: fc.Arbitrary<Mischief> = fc.record({
  question: fc.constantFrom(...QUESTIONS),
  times,
  how: fc.oneof<fc.WeightedArbitrary<Garbling>[]>(
    { weight: 3, arbitrary: kinds.answer },
    { weight: 4, arbitrary: kinds.changed },
    { weight: 1, arbitrary: kinds.swollen },
    { weight: 2, arbitrary: kinds.bytes },
    { weight: 1, arbitrary: kinds.huge },
    { weight: 1, arbitrary: kinds.refused },
  ),
})

const repeated: fc.Arbitrary<Mischief> = fc.record({
  question: fc.constant('next'),
  times,
  how: fc.record({ kind: fc.constantFrom<Repetition[]>('again', 'elsewhere') }),
})

export const mischiefs: fc.Arbitrary<Mischief> = fc.oneof(
  { weight: 5, arbitrary: garbled },
  { weight: 1, arbitrary: repeated },
)

/**
 * A client waits half a minute for what never comes, two minutes for a document, and a minute where it is asked to: too long
 * for many cases. To Node 20 a packed body that broke off is one that never ends.
 */
function isQuick({ pace, headers, body, changes }: HostileAnswer): boolean {
  const wishes = headers.filter((header) => header.startsWith('Retry-After: '))
  const isPatient = wishes.some((header) => Number(header.slice('Retry-After: '.length)) > 1)
  const isPacked = headers.some((header) => header.startsWith('Content-Encoding: '))
  return pace !== 'never' && !isPatient && !isPacked && (body !== 'packed' || changes.length === 0)
}
