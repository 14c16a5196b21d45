/** Whether the servers keep what they took. Judged by what is in use after a collection, where a run is long enough to tell. */
import type { Finding } from './finding.ts'
import type { CollectedSample, MemorySample } from './watch.ts'

/**
 * Of growth over the last two thirds of the load. What was made of documents is kept for 5,000 of them, some 8 kB each; with
 * room for 200 there is no growth (docs/performance.md, "Under load"). So it may grow by that, for what is new, and by a rest.
 * Of several servers each may have had all of them.
 */
const LIVE_SPAN_SECONDS_MIN = 120
const KEPT_DOCUMENTS_MAX = 5_000
const KEPT_DOCUMENT_KB = 10
const KB_PER_MB = 1_024
const LIVE_REST_MB_MAX = 8
/** Of growth over its last half: what a process occupies takes many minutes to settle. */
const RESIDENT_SPAN_SECONDS_MIN = 600
/** Of the first minutes it would mean nothing. */
const SHOWN_SPAN_SECONDS_MIN = 120
const RESIDENT_GROWTH_SHARE_MAX = 0.1
/** Of the storm: a thousand streams that nobody closed would be more. */
const STORM_CLIENTS_MIN = 500
const STORM_LIVE_MB_MAX = 16
const STORM_RESIDENT_SHARE_MAX = 0.25

export interface MemoryJudging {
  /** Of one server. */
  readonly collected: readonly CollectedSample[]
  readonly memory: readonly MemorySample[]
  /** Station clients that took part in the storm. */
  readonly stormClients: number
}

export function judgeMemory(judging: MemoryJudging, server: string): readonly Finding[] {
  return [judgeLive(judging), judgeResident(judging), judgeStorm(judging)].map((one) => ({
    ...one,
    rule: `${one.rule}${server}`,
  }))
}

function judgeLive({ collected }: MemoryJudging): Finding {
  const rule = 'memory in use grows by what is kept of documents under load'
  const load = collected.filter(({ when }) => when === 'load')
  const window = load.slice(Math.floor(load.length / 3))
  const trend = trendOf(window.map(({ seconds, liveMb }) => [seconds, liveMb] as const))
  if (trend.span < LIVE_SPAN_SECONDS_MIN) return tooShort(rule, trend.span, LIVE_SPAN_SECONDS_MIN)
  const kept = keptOf(window.at(-1)) - keptOf(window[0])
  const mostMb = (kept * KEPT_DOCUMENT_KB) / KB_PER_MB + LIVE_REST_MB_MAX
  const allowed = `${trend.growth.toFixed(1)} MB grown, ${mostMb.toFixed(1)} allowed with ${kept} documents more to keep`
  return { rule, isKept: trend.growth <= mostMb, detail: `${allowed}; ${describe(trend)}` }
}

function keptOf(sample: CollectedSample | undefined): number {
  return Math.min(KEPT_DOCUMENTS_MAX, sample?.documents ?? 0)
}

function judgeResident({ memory }: MemoryJudging): Finding {
  const rule = 'resident memory is flat under load'
  const load = memory.filter(({ phase }) => phase === 'load')
  const points = load.map(({ seconds, rssMb }) => [seconds, rssMb] as const)
  const trend = trendOf(points.slice(Math.floor(points.length / 2)))
  if (trend.span < RESIDENT_SPAN_SECONDS_MIN)
    return tooShort(rule, trend.span, RESIDENT_SPAN_SECONDS_MIN, trend)
  return { rule, isKept: trend.growth <= trend.mean * RESIDENT_GROWTH_SHARE_MAX, detail: describe(trend) }
}

function judgeStorm({ collected, memory, stormClients }: MemoryJudging): Finding {
  const rule = 'memory comes back after the storm'
  const before = collected.findLast(({ when }) => when === 'before the storm')
  const after = collected.findLast(({ when }) => when === 'after the storm')
  if (!before || !after) return { rule, isKept: null, detail: 'a server told nothing of its memory' }
  // Not beside what it was right before: the moment of a collection moves that by a fifth.
  const loadMb = Math.max(
    before.rssMb,
    ...memory.filter(({ phase }) => phase === 'load').map(({ rssMb }) => rssMb),
  )
  const inUse = `in use ${mb(before.liveMb)}, then ${mb(after.liveMb)}`
  const detail = `${inUse}; resident ${mb(loadMb)} at most under load, then ${mb(after.rssMb)}`
  if (stormClients < STORM_CLIENTS_MIN) {
    return {
      rule,
      isKept: null,
      detail: `too few clients: ${stormClients}, it takes ${STORM_CLIENTS_MIN}; ${detail}`,
    }
  }
  const isKept =
    after.liveMb - before.liveMb <= STORM_LIVE_MB_MAX &&
    after.rssMb <= loadMb * (1 + STORM_RESIDENT_SHARE_MAX)
  return { rule, isKept, detail }
}

function tooShort(rule: string, span: number, least: number, trend?: Trend): Finding {
  const seen = trend && trend.span > SHOWN_SPAN_SECONDS_MIN ? `; ${describe(trend)}` : ''
  return { rule, isKept: null, detail: `too short: ${span.toFixed(0)} s, it takes ${least}${seen}` }
}

interface Trend {
  readonly span: number
  readonly mean: number
  /** Over the span, MB. */
  readonly growth: number
}

function describe({ span, mean, growth }: Trend): string {
  const perMinute = (growth / span) * 60
  return `${perMinute.toFixed(1)} MB a minute over ${span.toFixed(0)} s, ${mb(mean)} on average`
}

function mb(value: number): string {
  return `${value.toFixed(0)} MB`
}

/** Least squares over seconds and MB. */
function trendOf(points: readonly (readonly [number, number])[]): Trend {
  const meanOf = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
  const meanX = meanOf(points.map(([x]) => x))
  const mean = meanOf(points.map(([, y]) => y))
  const spread = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0)
  const slope = spread === 0 ? 0 : points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - mean), 0) / spread
  const span = (points.at(-1)?.[0] ?? 0) - (points[0]?.[0] ?? 0)
  return { span, mean, growth: slope * span }
}
