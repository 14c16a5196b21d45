import { readFile } from 'node:fs/promises'
import { expect } from 'chai'
import { createMetrics } from '../../lib/transport/http/metrics.ts'

const ROOT = new URL('../../', import.meta.url)
/** What Prometheus itself adds to every series. */
const TARGET_LABELS = ['job', 'instance']

interface Target {
  readonly expr: string
  readonly legendFormat: string
}

interface Dashboard {
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] }
  readonly panels: readonly { readonly title: string; readonly targets: readonly Target[] }[]
}

interface Matcher {
  readonly label: string
  readonly operator: string
  readonly value: string
}

interface Selector {
  readonly metric: string
  readonly matchers: readonly Matcher[]
}

/** The label sets of a metric by its name; those of a histogram as its buckets have them. */
type Series = ReadonlyMap<string, readonly Readonly<Record<string, string>>[]>

/** `name{label="value"}` in an expression, with or without the braces. */
function selectorsOf(expr: string): readonly Selector[] {
  return [...expr.matchAll(/\b((?:packhouse|process|nodejs)_\w+)(?:\{([^}]*)\})?/g)].map(
    ([, metric = '', braces = '']) => ({
      metric: metric.replace(/_(bucket|sum|count)$/, ''),
      matchers: [...braces.matchAll(/(\w+)(=~|!~|!=|=)"([^"]*)"/g)].map(
        ([, label = '', operator = '', value = '']) => ({ label, operator, value }),
      ),
    }),
  )
}

function isMatch({ label, operator, value }: Matcher, labels: Readonly<Record<string, string>>): boolean {
  const found = labels[label] ?? ''
  const isEqual = operator.endsWith('~') ? new RegExp(`^(?:${value})$`).test(found) : found === value
  return operator.startsWith('!') ? !isEqual : isEqual
}

const groupedBy = (expr: string) =>
  [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, labels = '']) => labels.split(/,\s*/))
const legendOf = ({ legendFormat }: Target) =>
  [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label)

describe('the dashboard and the manual', () => {
  const { registry, expect: expectAnswers } = createMetrics({
    queueFigures: { current: () => Promise.resolve([]) },
    deliveryFigures: { current: () => Promise.resolve({ due: 0, oldestDueSeconds: 0 }) },
    poolUse: () => ({ used: 0, free: 0, waiting: 0 }),
    dataDirFreeBytes: () => Promise.resolve(1),
  })
  let series: Series
  let dashboard: Dashboard
  let targets: readonly Target[]
  let manual: string
  before(async () => {
    expectAnswers(([0, -32001, 'unavailable'] as const).map((code) => ({ method: 'order.info', code })))
    const metrics = await registry.getMetricsAsJSON()
    series = new Map(
      metrics.map(({ name, values }) => [
        name,
        values.map(({ labels }) =>
          Object.fromEntries(Object.entries(labels).map(([label, value]) => [label, String(value)])),
        ),
      ]),
    )
    dashboard = JSON.parse(
      await readFile(new URL('deploy/grafana-dashboard.json', ROOT), 'utf8'),
    ) as Dashboard
    targets = dashboard.panels.flatMap((panel) => panel.targets)
    const text = await readFile(new URL('docs/operations.md', ROOT), 'utf8')
    // Commands to be pasted name databases and volumes.
    manual = text.replaceAll(/^```[^]*?^```/gm, '')
  })

  const labelsOf = (metric: string) => new Set((series.get(metric) ?? []).flatMap((set) => Object.keys(set)))

  const rowsBelow = (heading: string): readonly (readonly string[])[] => {
    const section = manual.slice(manual.indexOf(`\n${heading}\n`)).split('\n#')[1] ?? ''
    const [, , ...rows] = section.split('\n').filter((line) => line.startsWith('| '))
    return rows.map((row) => row.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')))
  }
  /** The expressions by the names of their alarms. */
  const alarms = () => new Map(rowsBelow('### Worth an alarm').map(([name = '', expr = '']) => [name, expr]))

  it('say of each alarm what to do, and nothing of what alarms nobody', () => {
    // "jobs fail: …" is one of the cases of "jobs fail".
    const told = rowsBelow('## What to do when').map(([name = '']) => name.split(': ')[0])
    expect(alarms()).to.have.property('size').above(8)
    expect(new Set(told)).to.deep.equal(new Set(alarms().keys()))
  })

  it('speak of metrics that there are', () => {
    const definitions = dashboard.templating.list.flatMap(({ definition }) => definition ?? [])
    const spoken = [...targets.map(({ expr }) => expr), ...definitions, manual].flatMap(selectorsOf)
    const unknown = spoken.map(({ metric }) => metric).filter((name) => !series.has(name))
    expect(spoken).to.have.length.above(25)
    expect(unknown).to.deep.equal([])
  })

  it('show the processes that were chosen alone, in every panel', () => {
    const chosen = dashboard.templating.list.map(({ name }) => name)
    expect(chosen).to.include.members(TARGET_LABELS)
    for (const { metric, matchers } of targets.flatMap(({ expr }) => selectorsOf(expr))) {
      for (const label of TARGET_LABELS)
        expect(matchers, metric).to.deep.include({ label, operator: '=~', value: `$${label}` })
    }
  })

  it('ask for labels and values that their metrics have', () => {
    for (const expr of [...targets.map((target) => target.expr), ...alarms().values()]) {
      for (const { metric, matchers } of selectorsOf(expr)) {
        const own = matchers.filter(({ label }) => !TARGET_LABELS.includes(label))
        for (const { label } of own) expect([...labelsOf(metric)], expr).to.include(label)
        const found = (series.get(metric) ?? []).filter((set) => own.every((one) => isMatch(one, set)))
        expect(found, expr).to.have.length.above(0)
      }
    }
  })

  it('group by labels that their metrics have, and name those in legends', () => {
    for (const target of targets) {
      const [{ metric } = { metric: '' }] = selectorsOf(target.expr)
      const groups = groupedBy(target.expr)
      expect([...labelsOf(metric), ...TARGET_LABELS], target.expr).to.include.members(groups)
      const isAggregated = /\b(sum|max|topk)\b/.test(target.expr)
      expect(isAggregated ? groups : TARGET_LABELS, target.expr).to.include.members(legendOf(target))
    }
  })

  it('name every metric of ours in the manual, with its labels', () => {
    const rows = new Map(
      [...manual.matchAll(/^\| `(packhouse_\w+)` \| ([^|]*) \|/gm)].map(([, name = '', labels = '']) => [
        name,
        [...labels.matchAll(/`(\w+)`/g)].map(([, label = '']) => label).toSorted(),
      ]),
    )
    const ours = [...series.keys()].filter((name) => name.startsWith('packhouse_'))
    expect(ours).to.have.length.above(5)
    for (const name of ours) {
      const labels = [...labelsOf(name)].filter((label) => label !== 'le')
      expect(rows.get(name), name).to.deep.equal(labels.toSorted())
    }
  })
})
