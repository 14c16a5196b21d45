import { stopTestPostgres } from './database.ts'

/** The server that tests share starts with the first test that needs it and ends here. */
export async function mochaGlobalTeardown(): Promise<void> {
  await stopTestPostgres()
}
