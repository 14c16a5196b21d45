import pino from 'pino'
import { startEmbeddedPostgres } from '../../lib/db/embedded-postgres.ts'

// A Packhouse process for the tests to kill: starts the database of the folder it is given, says how that went in one
// line of JSON, and lives until it is killed.
const [, , dataDir = ''] = process.argv
try {
  const database = await startEmbeddedPostgres({ dataDir, log: pino({ level: 'silent' }) })
  process.stdout.write(`${JSON.stringify({ connection: database.connection })}\n`)
  setInterval(() => undefined, 60_000)
} catch (error) {
  process.stdout.write(`${JSON.stringify({ refusal: (error as Error).message })}\n`)
}
