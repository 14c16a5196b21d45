import { pino } from 'pino'
import { type Config, ConfigError, readConfig } from './config.ts'
import { startPackhouse } from './packhouse.ts'

/** The process: environment → server → drain on a signal. */
const config = readConfigOrExit()
const startedAt = performance.now()
const log = pino({ level: config.logLevel })

const starting = startPackhouse({ config, log })
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void drain(signal))

try {
  const { baseUrl, firstStart } = await starting
  console.log(`Packhouse is ready at ${baseUrl} after ${Math.round(performance.now() - startedAt)} ms`)
  for (const line of firstStart.greeting(baseUrl)) console.log(line)
} catch (error) {
  console.error(`Packhouse could not start: ${error instanceof Error ? error.message : String(error)}`)
  log.debug({ err: error }, 'start failed')
  process.exitCode = 1
}

function readConfigOrExit(): Config {
  try {
    return readConfig(process.env)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    for (const mistake of error.mistakes) console.error(mistake)
    process.exit(1)
  }
}

/** A signal that comes during the start is heeded after it: half a start can't be drained. */
async function drain(signal: string): Promise<void> {
  log.info({ signal }, 'draining')
  try {
    const { stop } = await starting
    await stop()
    log.info('stopped')
    process.exit(0)
  } catch (error) {
    log.error({ err: error }, 'could not stop cleanly')
    process.exit(1)
  }
}
