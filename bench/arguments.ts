/** What `npm run bench` is asked for. */
import { parseArgs } from 'node:util'
import type { Effort, Suite } from './harness.ts'
import { SUITES } from './suites.ts'

export interface Asked {
  /** In this order. */
  readonly runs: readonly { readonly suite: Suite; readonly effort: Effort }[]
}

export const BENCH_USAGE = `npm run bench -- [--rounds=N] [--ms=N] [--rows=N] [suite …]
suites: ${SUITES.map(({ name }) => name).join(', ')}; without one, all of them`

const EFFORT: Effort = { rounds: 7, ms: 300 }
const LIMITS = { rounds: 1_000, ms: 60_000, rows: 5_000_000 } as const
type Option = keyof typeof LIMITS
const OPTIONS = Object.keys(LIMITS) as Option[]

export function readArguments(words: readonly string[]): Asked | { readonly mistake: string } {
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      allowPositionals: true,
      options: { rounds: { type: 'string' }, ms: { type: 'string' }, rows: { type: 'string' } },
    })
    const given: Partial<Record<Option, number>> = {}
    for (const name of OPTIONS) {
      const text = values[name]
      if (text !== undefined) given[name] = wholeNumber(name, text)
    }
    const suites = positionals.length === 0 ? SUITES : positionals.map(suiteNamed)
    return { runs: suites.map((suite) => ({ suite, effort: { ...EFFORT, ...suite.effort, ...given } })) }
  } catch (error) {
    return { mistake: error instanceof Error ? error.message : String(error) }
  }
}

function suiteNamed(name: string): Suite {
  const suite = SUITES.find((one) => one.name === name)
  if (!suite) throw new Error(`no suite is named ${name}`)
  return suite
}

function wholeNumber(name: Option, text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1 || value > LIMITS[name]) {
    throw new Error(`--${name} must be a whole number from 1 to ${LIMITS[name]}, not ${text}`)
  }
  return value
}
