import { pino } from 'pino'
import { type Config, ConfigError, readConfig } from '../lib/config.ts'
import { DomainError } from '../lib/errors.ts'
import { readCommand, UsageError } from '../lib/operation/command-line.ts'
import { DatabaseFailure } from '../lib/operation/database-failure.ts'
import { diagnose } from '../lib/operation/doctor.ts'
import { toLines } from '../lib/operation/finding.ts'
import { holdEverything, releaseEverything } from '../lib/operation/hold-command.ts'
import { createKey } from '../lib/operation/key-command.ts'
import { migrateDatabase } from '../lib/operation/migrate-command.ts'
import { toTerminalLines } from '../lib/operation/terminal-text.ts'

/** What an operator does at a terminal: docs/operations.md. The environment is the server's own. */
const REFUSED = 1
const MISTYPED = 2
const NO_DATABASE = 3

/** What a person needs to know is printed; the parts have no log to write. */
const log = pino({ level: 'silent' })

/** Whoever reads may go when it has seen enough (`| head`): what was asked for is done all the same. */
function whenUnwritable(error: NodeJS.ErrnoException): never {
  if (error.code === 'EPIPE') process.exit()
  console.error(`the answer can't be written: ${error.message}`)
  process.exit(REFUSED)
}

process.stdout.on('error', whenUnwritable)
try {
  await run()
} catch (error) {
  const { code, lines } = explain(error)
  for (const line of lines) console.error(toTerminalLines(line))
  process.exit(code)
}

async function run(): Promise<void> {
  const command = readCommand(process.argv.slice(2))
  switch (command.name) {
    case 'help':
      console.log(command.text)
      return
    case 'start':
      process.stdout.off('error', whenUnwritable)
      await import('../lib/main.ts')
      return
    case 'migrate':
      console.log(await migrateDatabase(config(), log))
      return
    case 'hold':
      console.log(await holdEverything(config(), log))
      return
    case 'release':
      console.log(await releaseEverything(config(), log))
      return
    case 'key create': {
      const { apiKey, keyId } = await createKey(config(), command.key, log)
      console.error(`${keyId} is made; this is shown once:`)
      console.log(apiKey)
      return
    }
    case 'doctor': {
      const findings = await diagnose(config, log)
      process.exitCode = findings.some(({ state }) => state === 'bad') ? REFUSED : 0
      for (const line of toLines(findings)) console.log(line)
    }
  }
}

function config(): Config {
  return readConfig(process.env)
}

/** In plain words; a stack says nothing to whoever typed the command. */
function explain(error: unknown): { readonly code: number; readonly lines: readonly string[] } {
  if (error instanceof ConfigError) return { code: REFUSED, lines: error.mistakes }
  if (error instanceof UsageError) return { code: MISTYPED, lines: [error.message] }
  if (error instanceof DatabaseFailure) return { code: NO_DATABASE, lines: [error.message, error.advice] }
  const message = error instanceof Error && error.message !== '' ? error.message : String(error)
  const isWithoutDatabase = error instanceof DomainError && error.code === 'unavailable'
  return { code: isWithoutDatabase ? NO_DATABASE : REFUSED, lines: [message] }
}
