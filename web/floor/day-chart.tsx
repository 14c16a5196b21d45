import { signal } from '@preact/signals'
import { counted, text } from '../language/text.ts'
import { type Hour, loadHours } from './day-hours.ts'

const HEIGHT = 120
const WIDTH = 600
/** Room for the numbers above the last bar. */
const MARGIN = 20
const BASE = 96
/** Hours of the clock. */
const LABEL_EVERY = 3

const hours = signal<readonly Hour[]>([])

export async function loadChart(): Promise<void> {
  hours.value = await loadHours()
}

/** Jobs by hour, and how many of them failed: by height, by pattern and in numbers. */
export function DayChart() {
  const all = hours.value
  const most = Math.max(1, ...all.map(({ jobs }) => jobs))
  const step = (WIDTH - 2 * MARGIN) / Math.max(1, all.length)
  const total = all.reduce((sum, { jobs }) => sum + jobs, 0)
  const failed = all.reduce((sum, { failures }) => sum + failures, 0)
  const sum = text('floor.chart_sum', { jobs: counted('floor.chart_jobs', total), failed })
  const height = (count: number) => (count / most) * (BASE - 18)
  return (
    <section aria-labelledby="chart">
      <h2 id="chart">{text('floor.chart')}</h2>
      <p class="soft">{sum}</p>
      <svg class="chart" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={sum}>
        <defs>
          <pattern
            id="failed"
            width="6"
            height="6"
            patternUnits="userSpaceOnUse"
            patternTransform="rotate(45)"
          >
            <rect width="6" height="6" fill="#fdebe9" />
            <rect width="3" height="6" fill="#a01818" />
          </pattern>
        </defs>
        <line x1="0" x2={WIDTH} y1={BASE} y2={BASE} class="axis" />
        {all.map(({ from, jobs, failures }, index) => {
          const x = MARGIN + index * step + step * 0.2
          const good = height(jobs - failures)
          const bad = height(failures)
          return (
            <g key={from.getTime()}>
              <rect class="jobs" x={x} width={step * 0.6} y={BASE - good} height={good} />
              <rect fill="url(#failed)" x={x} width={step * 0.6} y={BASE - good - bad} height={bad} />
              {jobs > 0 && (
                <text x={x + step * 0.3} y={BASE - good - bad - 5}>
                  {failures > 0 ? `${jobs} (${failures}!)` : jobs}
                </text>
              )}
              {from.getHours() % LABEL_EVERY === 0 && (
                <text class="hour" x={x + step * 0.3} y={HEIGHT - 6}>
                  {from.getHours()}:00
                </text>
              )}
            </g>
          )
        })}
      </svg>
    </section>
  )
}
