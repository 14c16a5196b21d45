import { ApiError } from './api-error.ts'

/** A job that the server has handed to this client: contracts/cloud-printing.md, sections 3 and 6, as far as it is read. */
export interface ClaimedJob {
  readonly id: string
  readonly name: string
  readonly data_url: string
  readonly data_type: string
  readonly created_by: string
  readonly updated_at: string
  readonly claim: { readonly expires_at: string } | null
  readonly options: {
    readonly copies: number
    readonly color_print: boolean
    readonly double_sided: boolean
    readonly orientation: 'portrait' | 'landscape'
    readonly paper_size: string | null
    readonly pages_to_print: readonly string[] | null
    readonly reverse_order: boolean
    readonly scaling: number | null
  }
}

type Check = (value: unknown) => boolean
type Members = Readonly<Record<string, unknown>>

const COPIES_MAX = 999
const TEXT_LENGTH_MAX = 4_096
const PAGES_MAX = 10_000

const isText: Check = (value) => typeof value === 'string' && value.length <= TEXT_LENGTH_MAX
const isFlag: Check = (value) => typeof value === 'boolean'
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value)

/** Part of paths, and kept in the journal: no more than an id. */
const isId: Check = (value) => typeof value === 'string' && /^[\w-]{1,191}$/.test(value)
const isCopies: Check = (value) =>
  Number.isInteger(value) && (value as number) >= 1 && (value as number) <= COPIES_MAX
const isPages: Check = (value) => Array.isArray(value) && value.length <= PAGES_MAX && value.every(isText)

const MEMBERS: { readonly [Name in keyof ClaimedJob]: Check } = {
  id: isId,
  name: isText,
  data_url: isText,
  data_type: isText,
  created_by: isText,
  updated_at: isText,
  claim: orNull((value) => isText(membersOf(value)['expires_at'])),
  options: (value) => wrongOf(value, OPTIONS) === undefined,
}

const OPTIONS: { readonly [Name in keyof ClaimedJob['options']]: Check } = {
  copies: isCopies,
  color_print: isFlag,
  double_sided: isFlag,
  orientation: (value) => value === 'portrait' || value === 'landscape',
  paper_size: orNull(isText),
  pages_to_print: orNull(isPages),
  reverse_order: isFlag,
  scaling: orNull((value) => typeof value === 'number'),
}

/**
 * Null where the server has none. Throws ApiError for what is no job: it would be kept in the journal and sent to a printer
 * as it stands.
 */
export function readClaimedJob(data: unknown): ClaimedJob | null {
  if (data === null) return null
  const wrong = wrongOf(data, MEMBERS)
  if (wrong === undefined) return data as ClaimedJob
  const where = wrong === 'options' ? `options.${wrongOf(membersOf(data)['options'], OPTIONS)}` : wrong
  throw new ApiError('unavailable', `the server handed out a job with a wrong ${where}`)
}

/** The first member that isn't as it must be. */
function wrongOf(value: unknown, checks: Readonly<Record<string, Check>>): string | undefined {
  const members = membersOf(value)
  return Object.keys(checks).find((name) => checks[name]?.(members[name]) !== true)
}

function membersOf(value: unknown): Members {
  return typeof value === 'object' && value !== null ? (value as Members) : {}
}
