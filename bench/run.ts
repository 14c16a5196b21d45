/** `npm run bench`: see harness.ts. */
import { parseArgs } from 'node:util'
import { machine, runSuite } from './harness.ts'
import { SUITES } from './suites.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '7' }, ms: { type: 'string', default: '300' } },
})
const effort = { rounds: wholeNumber('rounds', values.rounds), ms: wholeNumber('ms', values.ms) }
const unknown = positionals.filter((name) => !SUITES.some((suite) => suite.name === name))
if (unknown.length > 0) {
  const known = SUITES.map(({ name }) => name).join(', ')
  throw new Error(`no suite is named ${unknown.join(', ')}; there are: ${known}`)
}
console.log(`${machine()}\n${effort.rounds} rounds, samples of ${effort.ms} ms`)
for (const suite of SUITES) {
  if (positionals.length > 0 && !positionals.includes(suite.name)) continue
  console.log(`\n${await runSuite(suite, effort)}`)
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1 || value > 60_000) {
    throw new Error(`--${name} must be a whole number from 1 to 60000`)
  }
  return value
}
