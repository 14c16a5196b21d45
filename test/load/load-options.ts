/** What `npm run test:load` does, by its environment. */
export interface LoadOptions {
  /** How long orders come in and are packed. */
  readonly seconds: number
  /** Instructions a second. */
  readonly ratePerSecond: number
  /** With one packer each and two printers each. */
  readonly stations: number
  /** Station clients that connect at once; 0: no storm. */
  readonly stormClients: number
  readonly stormRounds: number
  /** How long a packer takes over one instruction. */
  readonly packerPauseMs: number
  /** Null: an embedded PostgreSQL of its own. A given database must be empty. */
  readonly databaseUrl: string | null
  /** Where the server's CPU profile goes; null: none is taken. */
  readonly profileDir: string | null
}

type Environment = Readonly<Record<string, string | undefined>>

/** Throws for what is no number. */
export function readLoadOptions(environment: Environment): LoadOptions {
  return {
    seconds: numberOf(environment, 'LOAD_SECONDS', 300),
    ratePerSecond: numberOf(environment, 'LOAD_RATE', 50),
    stations: numberOf(environment, 'LOAD_STATIONS', 100),
    stormClients: numberOf(environment, 'LOAD_STORM', 1000),
    stormRounds: numberOf(environment, 'LOAD_STORM_ROUNDS', 3),
    packerPauseMs: numberOf(environment, 'LOAD_PACKER_PAUSE_MS', 2000),
    databaseUrl: environment['DATABASE_URL'] ?? null,
    profileDir: environment['LOAD_PROFILE'] ?? null,
  }
}

function numberOf(environment: Environment, name: string, fallback: number): number {
  const text = environment[name] ?? ''
  if (text === '') return fallback
  const number = Number(text)
  if (!Number.isFinite(number) || number < 0) throw new Error(`${name} must be a number from 0, not ${text}`)
  return number
}
