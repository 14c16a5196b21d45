import fc from 'fast-check'

/** Seconds of all the fuzzing together; starting servers comes on top. */
const SECONDS_DEFAULT = 300
/** On top of the fuzzing: starts, stops, the last batch of each part. */
const OVERHEAD_SECONDS = 240

const totalSeconds = Number(process.env['FUZZ_SECONDS'] ?? SECONDS_DEFAULT)
const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 1_000_000)

/** Of a hundred: how much of the time each part gets. */
const SHARES = {
  'JSON-RPC': 22,
  REST: 22,
  'bytes of HTTP': 8,
  WebSocket: 10,
  'IPP answers': 14,
  documents: 12,
  'file names': 6,
  URLs: 6,
} as const

export type FuzzedPart = keyof typeof SHARES

/**
 * Judges cases until the time of that part is up; the first that fails is made as small as the time allows, and is told
 * with the seed that makes it again. `judge` answers how many cases it took.
 */
export async function fuzz<Case>(
  part: FuzzedPart,
  cases: fc.Arbitrary<Case>,
  judge: (each: Case) => Promise<number>,
): Promise<void> {
  const startedAt = performance.now()
  let count = 0
  await fc.assert(
    fc.asyncProperty(cases, async (each) => {
      count += await judge(each)
    }),
    {
      seed,
      numRuns: Number.MAX_SAFE_INTEGER,
      interruptAfterTimeLimit: budgetMs(part),
      markInterruptAsFailure: false,
      includeErrorInReport: true,
    },
  )
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

/** Ends as by Ctrl-C, so what was started ends too. */
export function mochaGlobalSetup(): void {
  const limitSeconds = totalSeconds + OVERHEAD_SECONDS
  setTimeout(() => {
    console.error(`the fuzzing had not ended after ${limitSeconds} s`)
    process.kill(process.pid, 'SIGINT')
  }, limitSeconds * 1_000).unref()
}
