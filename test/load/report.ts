import type { Timings } from './timings.ts'
import type { Finding } from './verdict.ts'
import type { MemorySample, Phase, Watch } from './watch.ts'

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
  table(
    ['memory of the server, MB', 'least', 'median', 'most', 'last', 'heap, last'],
    (['setup', 'load', 'storm', 'after'] as const).flatMap((phase) => memoryRow(phase, watch.memory)),
  )
  if (timings.troubles().length > 0) {
    table(
      ['troubles, asked again or given up', 'times'],
      timings.troubles().map(([what, count]) => [what, String(count)]),
    )
  }
  table(
    ['must hold', '', ''],
    findings.map(({ rule, isKept, detail }) => [rule, isKept ? 'kept' : 'BROKEN', detail]),
  )
}

function memoryRow(phase: Phase, samples: readonly MemorySample[]): string[][] {
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
