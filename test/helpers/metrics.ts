import { eventually } from './eventually.ts'

/** What `/metrics` of a server tells at this moment. */
export interface Scrape {
  /** As Prometheus writes a series; undefined when it isn't there. */
  value(series: string): number | undefined
  /** Of that metric, by what is in the braces. */
  series(metric: string): Readonly<Record<string, number>>
}

export async function scrape(url: string): Promise<Scrape> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  const values = new Map(
    lines.map((line) => {
      const space = line.lastIndexOf(' ')
      return [line.slice(0, space), Number(line.slice(space + 1))]
    }),
  )
  return {
    value: (series) => values.get(series),
    series: (metric) =>
      Object.fromEntries(
        [...values]
          .filter(([series]) => series.startsWith(`${metric}{`))
          .map(([series, value]) => [series.slice(metric.length + 1, -1), value]),
      ),
  }
}

export function becomes(url: string, series: string, expected: number): Promise<true> {
  return eventually(`${series} is ${expected}`, async () =>
    (await scrape(url)).value(series) === expected ? true : undefined,
  )
}
