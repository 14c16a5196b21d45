import type { Finding } from './finding.ts'
import type { Timings } from './timings.ts'
import type { Phase, ServerMemory, Watch } from './watch.ts'

export function printReport(parts: {
  readonly timings: Timings
  readonly watch: Watch
  readonly figures: Readonly<Record<string, string>>
  readonly findings: readonly Finding[]
}): void {
  const { timings, watch, figures, findings } = parts
  table(
    ['milliseconds', 'count', 'p50', 'p95', 'p99', 'max'],
    timings
      .rows()
      .map(({ name, count, ...times }) => [
        name,
        String(count),
        ...[times.p50, times.p95, times.p99, times.max].map((ms) => ms.toFixed(ms < 100 ? 1 : 0)),
      ]),
  )
  const own = watch.ownDelayMs()
  table(
    ['figure', ''],
    [
      ...Object.entries(figures),
      ...[...watch.peaks].map(([name, value]) => [name, value.toFixed(0)] as const),
      [
        'event loop delay of the load generator, p99 and longest, ms',
        `${own.p99.toFixed(0)}, ${own.max.toFixed(0)}`,
      ],
    ],
  )
  for (const [index, server] of watch.servers.entries()) printMemory(index, server)
  if (timings.troubles().length > 0) {
    table(
      ['troubles, asked again', 'times'],
      timings.troubles().map(([what, count]) => [what, String(count)]),
    )
  }
  console.log('\nmust hold')
  for (const { rule, isKept, detail } of findings) {
    console.log(
      `${(isKept === null ? 'not judged' : isKept ? 'kept' : 'BROKEN').padEnd(10)}  ${rule}: ${detail}`,
    )
  }
}

const PHASES = ['setup', 'load', 'storm', 'after'] as const

function printMemory(index: number, { memory, collected }: ServerMemory): void {
  table(
    [`resident memory of server ${index + 1}, MB`, 'least', 'median', 'most', 'last', 'heap, last'],
    PHASES.flatMap((phase) => memoryRow(phase, memory)),
  )
  const shown = collected.filter(
    ({ when }, at) => collected[at - 1]?.when !== when || collected[at + 1]?.when !== when,
  )
  table(
    [`after a collection, server ${index + 1}, MB`, 'documents', 'in use', 'on the heap', 'resident'],
    shown.map(({ when, seconds, documents, liveMb, heapMb, rssMb }) => [
      `${when}, at ${seconds.toFixed(0)} s`,
      String(documents),
      liveMb.toFixed(1),
      heapMb.toFixed(1),
      rssMb.toFixed(0),
    ]),
  )
}

function memoryRow(phase: Phase, samples: ServerMemory['memory']): string[][] {
  const own = samples.filter((sample) => sample.phase === phase)
  if (own.length === 0) return []
  const sorted = own.map(({ rssMb }) => rssMb).toSorted((one, other) => one - other)
  const figures = [
    sorted[0],
    sorted[sorted.length >> 1],
    sorted.at(-1),
    own.at(-1)?.rssMb,
    own.at(-1)?.heapMb,
  ]
  return [[phase, ...figures.map((mb) => (mb ?? 0).toFixed(0))]]
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)),
  )
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
  console.log(`\n${line(head)}`)
  for (const row of rows) console.log(line(row))
}
