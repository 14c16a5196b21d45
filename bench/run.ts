/** `npm run bench`: see harness.ts. */
import { parseArgs } from 'node:util'
import { type Effort, machine, runSuite } from './harness.ts'
import { SUITES } from './suites.ts'

const EFFORT: Effort = { rounds: 7, ms: 300 }
const ROWS_MAX = 5_000_000

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string' }, ms: { type: 'string' }, rows: { type: 'string' } },
})
const given = {
  ...(values.rounds !== undefined && { rounds: wholeNumber('rounds', values.rounds) }),
  ...(values.ms !== undefined && { ms: wholeNumber('ms', values.ms) }),
  ...(values.rows !== undefined && { rows: wholeNumber('rows', values.rows, ROWS_MAX) }),
}
const unknown = positionals.filter((name) => !SUITES.some((suite) => suite.name === name))
if (unknown.length > 0) {
  const known = SUITES.map(({ name }) => name).join(', ')
  throw new Error(`no suite is named ${unknown.join(', ')}; there are: ${known}`)
}
console.log(machine())
for (const suite of SUITES) {
  if (positionals.length > 0 && !positionals.includes(suite.name)) continue
  const effort = { ...EFFORT, ...suite.effort, ...given }
  console.log(`\n${await runSuite(suite, effort)}\n\n${effort.rounds} rounds, samples of ${effort.ms} ms`)
}

function wholeNumber(name: string, text: string, max = 60_000): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1 || value > max) {
    throw new Error(`--${name} must be a whole number from 1 to ${max}`)
  }
  return value
}
