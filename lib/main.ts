import { type Config, ConfigError, readConfig } from './config.ts'
import { explainStart } from './operation/start-failure.ts'
import { toTerminalLines } from './operation/terminal-text.ts'
import { type Packhouse, startPackhouse } from './packhouse.ts'
import { createProcessLog } from './process-log.ts'

/** The process: environment → server → drain on a signal. */
const config = readConfigOrExit()
const startedAt = performance.now()
const log = createProcessLog(config.logLevel)
let isDraining = false
let running: Packhouse | undefined
/** The 20 s that work in flight has, and what is closed after it. Docker and Kubernetes kill after 30. */
const DRAIN_LIMIT_MS = 25_000

const starting = startPackhouse({
  config,
  log,
  onDatabaseLost(error) {
    log.fatal({ err: error }, 'the embedded database is lost: the server stops')
    console.error(`Packhouse stops: ${error.message}`)
    void drain({ event: 'databaseLost' }, 1)
  },
})
// Ctrl-C comes twice under npm, from the terminal and from npm itself: a repeated signal must not cut the drain short.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void drain({ signal }, 0))
// What nobody caught leaves an unknown state behind: say so, end what is in flight, and let a supervisor start anew. Each
// time: without a listener the second one would end the process in the midst of that.
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => {
    log.fatal({ err: error, event }, 'a defect: the server stops')
    void drain({ event }, 1)
  })
}

try {
  running = await starting
  const { baseUrl, firstStart } = running
  console.log(`Packhouse is ready at ${baseUrl} after ${Math.round(performance.now() - startedAt)} ms`)
  for (const line of firstStart.greeting(baseUrl)) console.log(line)
} catch (error) {
  const { message, advice } = explainStart(error, config)
  console.error(`Packhouse could not start: ${toTerminalLines(message)}`)
  if (advice !== undefined) console.error(toTerminalLines(advice))
  log.debug({ err: error }, 'start failed')
  // Whatever half a start has left running must not keep a supervisor from the next.
  process.exit(1)
}

function readConfigOrExit(): Config {
  try {
    return readConfig(process.env)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    for (const mistake of error.mistakes) console.error(toTerminalLines(mistake))
    process.exit(1)
  }
}

/** Once. A signal that comes during the start is heeded after it: half a start can't be drained. */
async function drain(reason: Readonly<Record<string, string>>, exitCode: number): Promise<void> {
  if (isDraining) return
  isDraining = true
  log.info(reason, 'draining')
  setTimeout(giveUp, DRAIN_LIMIT_MS)
  try {
    const { stop } = await starting
    await stop()
    log.info('stopped')
    process.exit(exitCode)
  } catch (error) {
    log.error({ err: error }, 'could not stop cleanly')
    process.exit(1)
  }
}

/** As by kill -9, which every part is made for: the ledger says what is unknown, and the next process goes on. */
function giveUp(): void {
  const waitsFor = running?.waitsFor() ?? ['the start']
  log.error({ waitsFor }, 'could not stop in time')
  const limit = `${DRAIN_LIMIT_MS / 1_000} s`
  console.error(`Packhouse did not stop within ${limit}, and ends: it waited for ${waitsFor.join(', ')}`)
  process.exit(1)
}
