import { readFile } from 'node:fs/promises'
import { expect } from 'chai'
import { createMetrics } from '../../lib/transport/http/metrics.ts'

const ROOT = new URL('../../', import.meta.url)

interface Dashboard {
  readonly panels: readonly {
    readonly title: string
    readonly targets: readonly { readonly expr: string }[]
  }[]
}

describe('the dashboard and the manual', () => {
  const { registry } = createMetrics({
    queueFigures: { current: () => Promise.resolve([]) },
    poolUse: () => ({ used: 0 }),
  })

  it('speak of metrics that there are', async () => {
    const known = new Set((await registry.getMetricsAsJSON()).map(({ name }) => name))
    const dashboard = JSON.parse(
      await readFile(new URL('deploy/grafana-dashboard.json', ROOT), 'utf8'),
    ) as Dashboard
    const manual = await readFile(new URL('docs/operations.md', ROOT), 'utf8')
    const spoken = [
      ...dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
      manual,
    ].flatMap((text) => text.match(/\b(packhouse|process|nodejs)_[a-z0-9_]*[a-z0-9]\b/g) ?? [])
    const unknown = spoken.filter((name) => !known.has(name.replace(/_(bucket|sum|count)$/, '')))
    expect(spoken).to.have.length.above(10)
    expect(unknown).to.deep.equal([])
  })

  it('name every metric of ours in the manual', async () => {
    const manual = await readFile(new URL('docs/operations.md', ROOT), 'utf8')
    const ours = (await registry.getMetricsAsJSON())
      .map(({ name }) => name)
      .filter((name) => name.startsWith('packhouse_'))
    expect(ours).to.have.length.above(5)
    expect(ours.filter((name) => !manual.includes(`\`${name}\``))).to.deep.equal([])
  })
})
