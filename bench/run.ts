/**
 * `npm run bench`: see harness.ts. Ends with 1 when a suite was skipped or failed, with 2 when it was asked for what there
 * isn't, as a shell does when it is broken off.
 */
import { constants } from 'node:os'
import { type Asked, BENCH_USAGE, readArguments } from './arguments.ts'
import { machine, runSuite } from './harness.ts'
import { PeerMissingError } from './peers.ts'
import { stopForGood } from './running.ts'

/** A server ends what it has begun, PostgreSQL writes what it has. */
const STOP_MS = 60_000

const brokenOff = new AbortController()
const isBrokenOff = () => brokenOff.signal.aborted
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => breakOff(signal))

const asked = readArguments(process.argv.slice(2))
if ('mistake' in asked) {
  console.error(`${asked.mistake}\n\n${BENCH_USAGE}`)
  process.exitCode = 2
} else {
  console.log(machine())
  for (const { suite, effort } of asked.runs) await measure({ suite, effort })
}

async function measure({ suite, effort }: Asked['runs'][number]): Promise<void> {
  if (isBrokenOff()) return
  try {
    console.log(`\n${await runSuite(suite, effort)}\n\n${effort.rounds} rounds, samples of ${effort.ms} ms`)
  } catch (error) {
    if (isBrokenOff()) return
    process.exitCode = 1
    if (error instanceof PeerMissingError) console.log(`\n## ${suite.name}: skipped: ${error.message}`)
    else {
      console.log(`\n## ${suite.name}: failed`)
      console.error(error)
    }
  }
}

function breakOff(signal: 'SIGINT' | 'SIGTERM'): void {
  // Once more is no reason to leave a database behind.
  if (isBrokenOff()) return
  brokenOff.abort()
  console.error(`${signal}: stopping what was started`)
  const end = () => process.exit(128 + constants.signals[signal])
  setTimeout(end, STOP_MS).unref()
  stopForGood().then(end, (error: unknown) => {
    console.error(error)
    end()
  })
}
