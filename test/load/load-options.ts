/** What `npm run test:load` does, by its environment. */
export interface LoadOptions {
  /** How long orders come in and are packed. */
  readonly seconds: number
  /** Instructions a second. */
  readonly ratePerSecond: number
  /** With one packer each and two printers each. */
  readonly stations: number
  /** Server processes on the one database. */
  readonly processes: number
  /** Station clients that connect at once; 0: no storm. */
  readonly stormClients: number
  readonly stormRounds: number
  /** How long a packer takes over one instruction. */
  readonly packerPauseMs: number
  /** Null: an embedded PostgreSQL of its own. A given database must be empty. */
  readonly databaseUrl: string | null
  /** Where the servers' CPU profiles go; null: none is taken. */
  readonly profileDir: string | null
}

/** Says all there is to say: whoever starts the test asked for it, or can mend it. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

type Environment = Readonly<Record<string, string | undefined>>

/** A process takes 24 connections, and PostgreSQL has 100: docs/scaling.md. */
const PROCESSES_MAX = 3

/** Throws UsageError for what is no number, or too large a one. */
export function readLoadOptions(environment: Environment): LoadOptions {
  const read = (name: string, fallback: number, limits: Limits = {}) =>
    numberOf(environment[name] ?? '', { name, fallback, ...limits })
  return {
    seconds: read('LOAD_SECONDS', 300),
    ratePerSecond: read('LOAD_RATE', 50, { least: 0.1 }),
    stations: read('LOAD_STATIONS', 100, { least: 1, isWhole: true }),
    processes: read('LOAD_PROCESSES', 1, { least: 1, most: PROCESSES_MAX, isWhole: true }),
    stormClients: read('LOAD_STORM', 1000, { isWhole: true }),
    stormRounds: read('LOAD_STORM_ROUNDS', 3, { isWhole: true }),
    packerPauseMs: read('LOAD_PACKER_PAUSE_MS', 2000),
    databaseUrl: environment['LOAD_DATABASE_URL'] || null,
    profileDir: environment['LOAD_PROFILE'] || null,
  }
}

interface Limits {
  readonly least?: number
  readonly most?: number
  readonly isWhole?: boolean
}

/** Nothing here is meant to run for longer, or with more. */
const MOST = 100_000

function numberOf(
  text: string,
  {
    name,
    fallback,
    least = 0,
    most = MOST,
    isWhole = false,
  }: Limits & { readonly name: string; readonly fallback: number },
): number {
  if (text === '') return fallback
  const number = Number(text)
  if (!(number >= least && number <= most) || (isWhole && !Number.isInteger(number))) {
    throw new UsageError(
      `${name} must be a ${isWhole ? 'whole ' : ''}number from ${least} to ${most}, not ${text}`,
    )
  }
  return number
}
