/**
 * Measurements beside a baseline, in one run of one machine.
 *
 *   npm run bench                   every suite
 *   npm run bench -- receipts       those that are named
 *   npm run bench -- --rounds=9 --ms=500 receipts
 *   npm run bench -- --rows=1000000 scale
 *
 * A suite that needs a program which isn't installed is skipped, one that fails ends; the others run, and the command ends with 1.
 *
 * A suite is a file in `bench/suites/` that exports a `Suite`, and a line in `bench/suites.ts`. Its `open` makes the
 * contestants ready, the baseline first, and proves that they do the same work: it throws if one doesn't. Each round
 * takes one sample of every contestant, and each round begins with another one, so that what disturbs the machine
 * disturbs all of them; the median of a contestant's samples is compared with the baseline's, and the range of them printed. A sample is a number in
 * the suite's unit: `rateOf` makes one of a function that does the work once; a suite of another kind (latencies, a
 * server under load) measures in its own way.
 */
import { cpus, totalmem } from 'node:os'
import { stopWhatRuns } from './running.ts'

export interface Suite {
  readonly name: string
  /** What is measured, in one line for people. */
  readonly title: string
  /** Of the samples: `receipts/s`, `ms`. */
  readonly unit: string
  readonly better: 'higher' | 'lower'
  /** What it measures with when nothing else is asked for. */
  readonly effort?: Partial<Effort>
  open(effort: Effort): Promise<Races>
}

export interface Races {
  readonly races: readonly Race[]
  /** Ends what `open` started and hasn't noted in running.ts: servers, databases, printers and folders end without it. */
  close?(): Promise<void>
}

/** The same work done by several. */
export interface Race {
  readonly title: string
  /** At least two; the first is the baseline. */
  readonly contestants: readonly Contestant[]
  /** How many of the first ones are baselines: each has a column of ratios. 1 if absent. */
  readonly baselines?: number
}

export interface Contestant {
  readonly name: string
  /** Measures for about `ms` and answers in the suite's unit. */
  sample(ms: number): Promise<number>
}

export interface Effort {
  readonly rounds: number
  /** Of each sample. */
  readonly ms: number
  /** How much there is in the tables of suites that measure with much in them; absent: what they have by themselves. */
  readonly rows?: number
}

export async function runSuite(suite: Suite, effort: Effort): Promise<string> {
  let opened: Races | undefined
  try {
    opened = await suite.open(effort)
    const parts = [`## ${suite.name}: ${suite.title}`]
    for (const race of opened.races) {
      const results = await runRace(race, effort)
      const rounds = results[0]?.sorted.length ?? 0
      parts.push(`### ${race.title}`, table(suite, results, race.baselines))
      if (rounds < effort.rounds) parts.push(`${rounds} of ${effort.rounds} rounds: its time was up`)
    }
    return parts.join('\n\n')
  } finally {
    try {
      await opened?.close?.()
    } finally {
      await stopWhatRuns()
    }
  }
}

interface Samples {
  readonly name: string
  readonly sorted: readonly number[]
}

/** A round that has begun is ended; a table says when there were fewer. */
const RACE_MAX_MS = 600_000

async function runRace({ contestants }: Race, { rounds, ms }: Effort): Promise<readonly Samples[]> {
  const end = performance.now() + RACE_MAX_MS
  const samples = new Map<string, number[]>()
  for (const { name, sample } of contestants) {
    // The compiler's work is not counted.
    await sample(ms)
    samples.set(name, [])
  }
  for (let round = 0; round < rounds && (round === 0 || performance.now() < end); round += 1) {
    for (let turn = 0; turn < contestants.length; turn += 1) {
      const contestant = contestants[(round + turn) % contestants.length]
      if (contestant) samples.get(contestant.name)?.push(await contestant.sample(ms))
    }
  }
  return [...samples].map(([name, list]) => ({ name, sorted: list.toSorted((a, b) => a - b) }))
}

function table(
  { unit, better }: Suite,
  results: readonly Samples[],
  baselineCount: number | undefined = 1,
): string {
  const medians = results.map(({ sorted }) => median(sorted))
  const baselines = results.slice(0, baselineCount)
  const rows = results.map(({ name, sorted }, index) => {
    const middle = medians[index] ?? Number.NaN
    const range = `${inDigits(sorted[0] ?? 0)} – ${inDigits(sorted.at(-1) ?? 0)}`
    const ratios = baselines.map((_, baseline) =>
      index === baseline ? 'baseline' : `${(middle / (medians[baseline] ?? Number.NaN)).toFixed(2)} ×`,
    )
    return `| ${[name, inDigits(middle), range, ...ratios].join(' | ')} |`
  })
  const columns =
    baselines.length === 1 ? ['beside the baseline'] : baselines.map(({ name }) => `beside ${name}`)
  const head = ['', `${unit}, median (${better} is better)`, 'lowest – highest', ...columns]
  const rule = ['---', ...head.slice(1).map(() => '---:')]
  return [`|${head.join(' | ')} |`, `| ${rule.join(' | ')} |`, ...rows].join('\n')
}

function median(sorted: readonly number[]): number {
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2
}

function inDigits(value: number): string {
  return value.toLocaleString('en', { maximumSignificantDigits: 3 })
}

const CLOCKS_MS = {
  /** Of this process, the collector's threads included: what one core does, whatever else the machine is busy with. */
  processor: () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1000
  },
  wall: () => performance.now(),
} as const

/** Between two looks at the clock, which costs about a microsecond. */
const BATCH = 8

/** How often `work` is done in a second of that clock, one after the other. */
export function rateOf(work: () => unknown, clock: keyof typeof CLOCKS_MS): Contestant['sample'] {
  const clockMs = CLOCKS_MS[clock]
  return async (ms) => {
    const start = clockMs()
    for (let count = BATCH; ; count += BATCH) {
      for (let each = 0; each < BATCH; each += 1) {
        const done = work()
        if (done instanceof Promise) await done
      }
      const spentMs = clockMs() - start
      if (spentMs >= ms) return (count / spentMs) * 1000
    }
  }
}

/** What a figure means little without. */
export function machine(): string {
  const processors = cpus()
  const gib = Math.round(totalmem() / 2 ** 30)
  const model = processors[0]?.model.trim() ?? 'unknown'
  return `${processors.length} × ${model}, ${gib} GiB, Node ${process.versions.node}, ${process.platform} ${process.arch}`
}
