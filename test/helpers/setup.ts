import { startTestPostgres } from './database.ts'

let stop: (() => Promise<void>) | undefined

/** One server for the whole run, also where mocha spreads the files over worker processes. */
export async function mochaGlobalSetup(): Promise<void> {
  stop = await startTestPostgres()
}

export async function mochaGlobalTeardown(): Promise<void> {
  await stop?.()
}
