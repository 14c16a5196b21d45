import { parseArgs } from 'node:util'
import { ClientConfigError, readClientConfig } from '../lib/station-client/client-config.ts'
import { createClientLog } from '../lib/station-client/client-log.ts'
import { startStationClient } from '../lib/station-client/station-client.ts'

/** Prints the jobs of one station at printers that the server can't reach: docs/stations.md. */
const USAGE = 'usage: packhouse-station [--check] <configuration file>'

const { values, positionals } = readArguments()
const [path] = positionals
if (path === undefined || positionals.length > 1) exitWith([USAGE])
const config = readConfigOrExit(path)
if (values.check === true) {
  console.log(`${path} is fine: ${config.printers.size} printers of ${config.stationId}`)
  process.exit(0)
}

const starting = startStationClient(
  config,
  createClientLog((line) => console.log(line)),
)
let stopping: Promise<never> | undefined
const stop = (): void => {
  stopping ??= starting.then((client) => client.stop()).then(() => process.exit(0))
}
// Ctrl-C may come twice, from the terminal and from npm: a repeated signal must not end a job in hand.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop)
starting.catch((error: unknown) => exitWith([error instanceof Error ? error.message : String(error)]))

function readArguments() {
  try {
    return parseArgs({ options: { check: { type: 'boolean' } }, allowPositionals: true })
  } catch {
    return exitWith([USAGE])
  }
}

function readConfigOrExit(file: string) {
  try {
    return readClientConfig(file)
  } catch (error) {
    if (error instanceof ClientConfigError) return exitWith(error.mistakes)
    throw error
  }
}

function exitWith(lines: readonly string[]): never {
  for (const line of lines) console.error(line)
  process.exit(1)
}
