import { get } from '../api/rest.ts'

export interface Hour {
  readonly from: Date
  readonly jobs: number
  readonly failures: number
}

interface Counted {
  readonly from: string
  readonly jobs: number
  readonly failed: number
}

const HOUR_MS = 3_600_000
const HOURS = 24

/** The last hours by the clock on the wall, the present one last. */
export async function loadHours(): Promise<readonly Hour[]> {
  const present = new Date().setMinutes(0, 0, 0)
  const from = new Date(present - (HOURS - 1) * HOUR_MS).toISOString()
  const counted = await get<readonly Counted[]>(
    `/v1/cloud-printing/job-statistics?from=${from}&hours=${HOURS}`,
  )
  return counted.map(({ from: at, jobs, failed }) => ({ from: new Date(at), jobs, failures: failed }))
}
