/** What SQL a call runs, so that a bare handler can run the same: recorded twice, since what differs is what varies. */
import pg from 'pg'
import { currentTraceparent } from '../lib/trace-context.ts'

interface Ran {
  readonly text: string
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

export interface Step {
  readonly text: string
  readonly sources: readonly Source[]
}

/** What a bare handler does in the place of a call. */
export interface RecordedCall {
  readonly steps: readonly Step[]
  readonly answer: unknown
}

const HASH_BYTES_MAX = 64
const ID = /^([a-z]+(?:_[a-z]+)?)_[0-9A-Za-z]{22}$/

/** `call` is made three times with what `next` answers: the first of a kind does more than those that follow. */
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
  const prototype = pg.Client.prototype as unknown as { query: (...args: unknown[]) => unknown }
  const original = prototype.query
  prototype.query = function (this: unknown, ...args: unknown[]) {
    const [first, callback] = [args[0], args.at(-1)]
    const isRequests = currentTraceparent() !== null
    const config =
      typeof first === 'string' ? { text: first } : (first as { text: string; values?: unknown[] })
    if (isRequests && typeof callback === 'function') {
      const index = ran.push({ text: config.text, values: config.values ?? [], rows: [] }) - 1
      args[args.length - 1] = (error: unknown, result: { rows?: Record<string, unknown>[] } | undefined) => {
        ran[index] = { ...(ran[index] as Ran), rows: result?.rows ?? [] }
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
  return one.map(({ text, values }, statement) => {
    const twin = other[statement]
    if (twin?.text !== text) throw new Error(`the same call asks differently: ${text}`)
    return {
      text,
      sources: values.map((value, index) => {
        const pair = [value, twin.values[index]] as const
        return sourceOf(pair, { one: one.slice(0, statement), other: other.slice(0, statement), args })
      }),
    }
  })
}

interface Known {
  readonly one: readonly Ran[]
  readonly other: readonly Ran[]
  readonly args: readonly [readonly unknown[], readonly unknown[]]
}

function sourceOf(pair: readonly [unknown, unknown], known: Known): Source {
  const [value] = pair
  const number = known.args[0].findIndex(
    (argument, index) => same(argument, value) && same(known.args[1][index], pair[1]),
  )
  if (number >= 0) return { from: 'argument', number }
  if (!same(pair[0], pair[1])) {
    const row = rowOf(pair, known)
    if (row) return row
    const prefix = typeof value === 'string' ? ID.exec(value)?.[1] : undefined
    if (prefix !== undefined) return { from: 'id', prefix, slot: String(value) }
    if (Buffer.isBuffer(value) && value.length <= HASH_BYTES_MAX)
      return { from: 'random', bytes: value.length, slot: value.toString('base64') }
  }
  // Times, traces, files and the texts of events: the first run's serve as well.
  const isBuffer = Buffer.isBuffer(value)
  return { from: 'constant', value: isBuffer ? value.toString('base64') : value, isBuffer }
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
