/** Whatever ends the test, what it started is stopped and the process ends. */
import { setTimeout as delay } from 'node:timers/promises'
import { stopForGood } from '../../bench/running.ts'
import { UsageError } from './load-options.ts'

/** Three servers, each ended by force after 20 s, and then PostgreSQL, which writes what it has. */
const STOP_MS = 120_000

export interface Begun {
  readonly limitMs: number
  /** Whether everything held that must. */
  readonly isKept: Promise<boolean>
}

/**
 * Ends the process: with 0 when all was kept, else with 1. So do a signal, a time that is over, and whatever is thrown, by `begin`
 * or where nobody awaits it. Once that has happened nothing is started any more.
 */
export async function runToTheEnd(begin: () => Begun): Promise<never> {
  const broken = brokenOff()
  try {
    const { limitMs, isKept } = begin()
    const ended = await Promise.race([broken, delay(limitMs, null, { ref: false }), isKept])
    if (ended === null) console.error('the load test did not end in time')
    process.exitCode = ended ? 0 : 1
  } catch (error) {
    tellFailure(error)
  }
  setTimeout(() => process.exit(1), STOP_MS).unref()
  await stopForGood().catch(tellFailure)
  process.exit()
}

/** Rejects when the test is broken off; later ones, which follow from that, say nothing. */
function brokenOff(): Promise<never> {
  const broken = new Promise<never>((_resolve, reject) => {
    // Once more is no reason to leave a database behind.
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => reject(new UsageError(`${signal}: stopping what was started`)))
    }
    // In a listener, or of a promise that nobody awaits.
    process.on('uncaughtException', reject)
  })
  broken.catch(() => undefined)
  return broken
}

function tellFailure(error: unknown): void {
  console.error(error instanceof UsageError ? error.message : error)
  process.exitCode = 1
}
