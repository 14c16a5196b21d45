import fc from 'fast-check'
import { startWatchdog, type Watchdog } from './watchdog.ts'

/** Seconds of all the fuzzing together; starting servers comes on top. */
const SECONDS_DEFAULT = 300
/** On top of the fuzzing: starts, stops, the last batch of each part. */
const OVERHEAD_SECONDS = 240

/** On top of that, where a case failed, to make it small. */
const SHRINK_MS = 30_000

const totalSeconds = Number(process.env['FUZZ_SECONDS'] ?? SECONDS_DEFAULT)
const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 1_000_000)

/** Of a hundred: how much of the time each part gets. */
const SHARES = {
  'JSON-RPC': 10,
  'lives of orders': 16,
  REST: 18,
  'bytes of HTTP': 8,
  WebSocket: 10,
  'IPP answers': 14,
  documents: 12,
  'file names': 6,
  URLs: 6,
} as const

/** For one case of a part with all its waits, on a busy machine; a minute where nothing is printed. */
const CASE_SECONDS: Readonly<Partial<Record<keyof typeof SHARES, number>>> = {
  'lives of orders': 90,
  'IPP answers': 120,
  documents: 240,
  WebSocket: 90,
}
const CASE_SECONDS_DEFAULT = 60

export type FuzzedPart = keyof typeof SHARES

let watchdog: Watchdog | undefined

/**
 * Judges cases until the time of that part is up; the first that fails is made as small as half a minute allows, and is told
 * with the seed that makes it again. `judge` answers how many cases it took.
 */
export async function fuzz<Case>(
  part: FuzzedPart,
  cases: fc.Arbitrary<Case>,
  judge: (each: Case) => Promise<number>,
): Promise<void> {
  console.log(`      ${part}, FUZZ_SEED=${seed}`)
  const startedAt = performance.now()
  let count = 0
  let last: { readonly each: Case; readonly judged: Promise<void> } | undefined
  let firstFailed: string | undefined
  const run = async (each: Case): Promise<void> => {
    const seconds = CASE_SECONDS[part] ?? CASE_SECONDS_DEFAULT
    watchdog?.watch(`${part}, FUZZ_SEED=${seed}: ${fc.stringify(each)}`, seconds)
    try {
      count += await judge(each)
    } catch (error) {
      firstFailed ??= `${fc.stringify(each)}\n${String(error)}`
      throw error
    }
  }
  const property = fc.asyncProperty(cases, (each) => {
    last = { each, judged: run(each) }
    return last.judged
  })
  const check = (timeMs: number, path?: string | null) =>
    fc.check(property, {
      seed,
      ...(typeof path === 'string' && { path }),
      numRuns: Number.MAX_SAFE_INTEGER,
      interruptAfterTimeLimit: timeMs,
      markInterruptAsFailure: false,
      includeErrorInReport: true,
    })
  const result = await check(budgetMs(part))
  // Its time was up, which is no verdict: it may be the one that hangs.
  await last?.judged.catch(() => undefined)
  if (firstFailed !== undefined) {
    const isMade = result.counterexamplePath !== null
    const smaller = isMade ? await check(SHRINK_MS, result.counterexamplePath) : result
    watchdog?.rest()
    const told = [smaller, result].find(({ counterexample }) => counterexample !== null)
    const made = told ? fc.defaultReportMessage(told) : ''
    throw new Error(`FUZZ_SEED=${seed}: ${made}\nFound first with: ${firstFailed}`)
  }
  watchdog?.rest()
  const seconds = Math.round((performance.now() - startedAt) / 1_000)
  console.log(`      ${count} cases of ${part} in ${seconds} s (FUZZ_SEED=${seed})`)
}

function budgetMs(part: FuzzedPart): number {
  return totalSeconds * 10 * SHARES[part]
}

/** For mocha: a part that hangs is a failure, long before that of the whole. */
export function timeoutMsOf(part: FuzzedPart): number {
  return budgetMs(part) + 90_000
}

export async function mochaGlobalSetup(): Promise<void> {
  watchdog = await startWatchdog(totalSeconds + OVERHEAD_SECONDS)
}
