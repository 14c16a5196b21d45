/**
 * What SQL a call runs, so that a bare handler can run the same: recorded twice, for two orders, since what differs is what
 * varies. What were the same in both would be the same in every call of the handler, and its rows another work than Packhouse's.
 */
import pg from 'pg'
import { currentTraceparent } from '../lib/trace-context.ts'

interface Ran {
  readonly text: string
  /** How many were answered when it was sent. */
  readonly after: number
  readonly values: readonly unknown[]
  readonly rows: readonly Record<string, unknown>[]
}

/** Where a bare handler takes a value from. */
export type Source =
  | { readonly from: 'constant'; readonly value: unknown; readonly isBuffer: boolean }
  /** Of the call: its number-th argument. */
  | { readonly from: 'argument'; readonly number: number }
  /** Of an earlier statement's answer. */
  | { readonly from: 'row'; readonly statement: number; readonly row: number; readonly column: string }
  /** An id as Packhouse makes it; the same slot is the same id. */
  | { readonly from: 'id'; readonly prefix: string; readonly slot: string }
  /** As a hash, which no two documents share; the same slot is the same one. */
  | { readonly from: 'random'; readonly bytes: number; readonly slot: string }
  | { readonly from: 'list'; readonly of: readonly Source[] }
  /** `prefix` and what follows it. */
  | { readonly from: 'text'; readonly prefix: string; readonly rest: Source }

export interface Step {
  readonly text: string
  /** It needs the answers of so many steps before it; those between don't need to be waited for. */
  readonly after: number
  readonly sources: readonly Source[]
}

/** What a bare handler does in the place of a call. */
export interface RecordedCall {
  readonly steps: readonly Step[]
  readonly answer: unknown
}

const HASH_BYTES_MAX = 64
const ID = /^([a-z]+(?:_[a-z]+)?)_[0-9A-Za-z]{22}$/
const PREFIXED = /^([a-z_]+:)(.+)$/s
/** Times, traces and the JSON of events: of another call they are as long, and nothing is looked up by them. */
const SERVES_AS_WELL = /^(\d{4}-\d\d-\d\dT|[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-|[[{])/

/**
 * `call` is made three times with what `next` answers: the first of a kind does more than those that follow. Throws when two
 * don't run the same statements, or a value differs and nothing tells where it comes from.
 */
export async function recordCall<Args>(
  call: (args: Args) => Promise<unknown>,
  next: () => Args,
  scalarsOf: (args: Args) => readonly unknown[],
): Promise<RecordedCall> {
  await call(next())
  const [first, second] = [next(), next()]
  let answer: unknown
  const one = await record(async () => {
    answer = await call(first)
  })
  const other = await record(() => call(second))
  return { steps: planOf(one, other, [scalarsOf(first), scalarsOf(second)]), answer }
}

/** Runs `call` and answers what it asked the database for, in order; nothing of what the server does beside it. */
async function record(call: () => Promise<unknown>): Promise<readonly Ran[]> {
  const ran: Ran[] = []
  let answered = 0
  const prototype = pg.Client.prototype as unknown as { query: (...args: unknown[]) => unknown }
  const original = prototype.query
  prototype.query = function (this: unknown, ...args: unknown[]) {
    const [first, callback] = [args[0], args.at(-1)]
    const isRequests = currentTraceparent() !== null
    const config =
      typeof first === 'string' ? { text: first } : (first as { text: string; values?: unknown[] })
    if (isRequests && typeof callback === 'function') {
      const index =
        ran.push({ text: config.text, values: config.values ?? [], rows: [], after: answered }) - 1
      args[args.length - 1] = (error: unknown, result: { rows?: Record<string, unknown>[] } | undefined) => {
        ran[index] = { ...(ran[index] as Ran), rows: result?.rows ?? [] }
        answered += 1
        ;(callback as (...rest: unknown[]) => void)(error, result)
      }
    }
    return original.apply(this, args)
  }
  try {
    await call()
  } finally {
    prototype.query = original
  }
  return ran
}

/** Throws when two runs of the same call didn't ask the same. */
function planOf(
  one: readonly Ran[],
  other: readonly Ran[],
  args: readonly [one: readonly unknown[], other: readonly unknown[]],
): readonly Step[] {
  if (one.length !== other.length)
    throw new Error(`${one.length} and ${other.length} statements for the same call`)
  return one.map(({ text, values, after }, statement) => {
    const twin = other[statement]
    if (twin?.text !== text) throw new Error(`the same call asks differently: ${text}`)
    const answered = Math.min(after, twin.after)
    const known = { one: one.slice(0, answered), other: other.slice(0, answered), args }
    const sources = values.map((value, index) => sourceOf([value, twin.values[index]], known))
    return { text, after: answered, sources }
  })
}

interface Known {
  readonly one: readonly Ran[]
  readonly other: readonly Ran[]
  readonly args: readonly [readonly unknown[], readonly unknown[]]
}

function sourceOf(pair: readonly [unknown, unknown], known: Known): Source {
  const [value, twin] = pair
  const argument = known.args[0].findIndex(
    (one, index) => same(one, value) && same(known.args[1][index], twin),
  )
  if (argument >= 0) return { from: 'argument', number: argument }
  if (!same(value, twin)) {
    const varying = rowOf(pair, known) ?? madeOf(value) ?? partsOf(pair, known)
    if (varying) return varying
    if (!servesAsWell(value))
      throw new Error(`nothing tells where ${JSON.stringify(value)} comes from, once ${JSON.stringify(twin)}`)
  }
  const isBuffer = Buffer.isBuffer(value)
  return { from: 'constant', value: isBuffer ? value.toString('base64') : value, isBuffer }
}

/** What Packhouse makes anew for each call. */
function madeOf(value: unknown): Source | undefined {
  const prefix = typeof value === 'string' ? ID.exec(value)?.[1] : undefined
  if (prefix !== undefined) return { from: 'id', prefix, slot: String(value) }
  if (Buffer.isBuffer(value) && value.length <= HASH_BYTES_MAX)
    return { from: 'random', bytes: value.length, slot: value.toString('base64') }
  return undefined
}

/** Of a list each member, of a text like `package:1` what follows the colon. */
function partsOf([value, twin]: readonly [unknown, unknown], known: Known): Source | undefined {
  if (Array.isArray(value) && Array.isArray(twin) && value.length === twin.length) {
    return { from: 'list', of: value.map((item, index) => sourceOf([item, twin[index]], known)) }
  }
  if (typeof value !== 'string' || typeof twin !== 'string') return undefined
  const [, prefix, rest] = PREFIXED.exec(value) ?? []
  if (prefix === undefined || rest === undefined || !twin.startsWith(prefix)) return undefined
  return { from: 'text', prefix, rest: sourceOf([rest, twin.slice(prefix.length)], known) }
}

function servesAsWell(value: unknown): boolean {
  if (Buffer.isBuffer(value) || value instanceof Date) return true
  return typeof value === 'string' && SERVES_AS_WELL.test(value)
}

/** The place in an earlier answer that holds the one value in the one run and the other in the other. */
function rowOf([value, twin]: readonly [unknown, unknown], { one, other }: Known): Source | undefined {
  for (const [statement, { rows }] of one.entries()) {
    for (const [row, columns] of rows.entries()) {
      for (const [column, found] of Object.entries(columns)) {
        if (same(found, value) && same(other[statement]?.rows[row]?.[column], twin)) {
          return { from: 'row', statement, row, column }
        }
      }
    }
  }
  return undefined
}

/** A bigint comes as text and goes as a number. */
function same(one: unknown, other: unknown): boolean {
  if (one === null || other === null || one === undefined || other === undefined) return one === other
  if (Buffer.isBuffer(one) && Buffer.isBuffer(other)) return one.equals(other)
  if (typeof one === 'object' || typeof other === 'object')
    return JSON.stringify(one) === JSON.stringify(other)
  return String(one) === String(other)
}
