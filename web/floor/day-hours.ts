import { callRest } from '../api/rest.ts'
import { type Job, JOBS } from './floor-api.ts'

export interface Hour {
  readonly from: Date
  readonly jobs: number
  readonly failures: number
}

const HOUR_MS = 3_600_000
const HOURS = 24

/** The last hours, the present one last. Past ones are asked for once, but for the one before: its jobs may still fail. */
export async function loadHours(known: readonly Hour[]): Promise<readonly Hour[]> {
  const now = Math.floor(Date.now() / HOUR_MS) * HOUR_MS
  const starts = Array.from({ length: HOURS }, (_, index) => now - (HOURS - 1 - index) * HOUR_MS)
  const hours: Hour[] = []
  for (const start of starts) {
    const old = known.find(({ from }) => from.getTime() === start)
    const isOver = start < now - HOUR_MS
    hours.push(old && isOver ? old : await countHour(start))
  }
  return hours
}

async function countHour(start: number): Promise<Hour> {
  const from = new Date(start)
  const [jobs, failures] = await Promise.all([count(from, ''), count(from, '&status=failed')])
  return { from, jobs, failures }
}

/** The exact number, without the jobs. */
async function count(from: Date, status: string): Promise<number> {
  const to = new Date(from.getTime() + HOUR_MS - 1)
  const bounds = `created_at[gte]=${from.toISOString()}&created_at[lte]=${to.toISOString()}`
  const { pagination } = await callRest<readonly Job[]>(`${JOBS}?${bounds}&limit=1${status}`)
  return pagination?.total_count ?? 0
}
