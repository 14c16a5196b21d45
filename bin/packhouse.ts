import { pino } from 'pino'
import { type Config, ConfigError, readConfig } from '../lib/config.ts'
import { DomainError } from '../lib/errors.ts'
import { createKey } from '../lib/operation/key-command.ts'
import { diagnose } from '../lib/operation/doctor.ts'
import { toLines } from '../lib/operation/finding.ts'
import { migrateDatabase } from '../lib/operation/migrate-command.ts'
import { readCommand, UsageError } from '../lib/operation/command-line.ts'

/** What an operator does at a terminal: docs/operations.md. The environment is the server's own. */
/** What a person needs to know is printed; the parts have no log to write. */
const log = pino({ level: 'silent' })

try {
  await run()
} catch (error) {
  if (error instanceof ConfigError) exitWith(error.mistakes)
  if (error instanceof UsageError || error instanceof DomainError) exitWith([error.message])
  exitWith([error instanceof Error && error.message !== '' ? error.message : String(error)])
}

async function run(): Promise<void> {
  const command = readCommand(process.argv.slice(2))
  switch (command.name) {
    case 'start':
      await import('../lib/main.ts')
      return
    case 'migrate':
      console.log(await migrateDatabase(config(), log))
      return
    case 'key create': {
      const { apiKey, keyId } = await createKey(config(), command.key, log)
      console.error(`${keyId} is made; this is shown once:`)
      console.log(apiKey)
      return
    }
    case 'doctor': {
      const findings = await diagnose(config, log)
      for (const line of toLines(findings)) console.log(line)
      process.exitCode = findings.some(({ state }) => state === 'bad') ? 1 : 0
    }
  }
}

function config(): Config {
  return readConfig(process.env)
}

function exitWith(lines: readonly string[]): never {
  for (const line of lines) console.error(line)
  process.exit(1)
}
