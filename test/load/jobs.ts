/** Print jobs as a supervisor sees them. */
import { setTimeout as delay } from 'node:timers/promises'
import type { RestUser } from './callers.ts'

export const JOBS = '/v1/cloud-printing/jobs'

const POLL_MS = 500
const QUIET_MS = 300_000
const PAGE = 100

export interface ListedJob {
  readonly id: string
  /** Begins with its mark. */
  readonly name: string
  readonly reason: string | null
}

/** Waits until no job is queued or processing any more, for five minutes at most. Answers how many still are. */
export async function allJobsEnd(supervisor: RestUser): Promise<number> {
  const startedAt = performance.now()
  for (;;) {
    const open = await Promise.all(
      ['queued', 'processing'].map((status) => countJobs(supervisor, `status=${status}&`)),
    )
    const count = open.reduce((sum, one) => sum + one, 0)
    if (count === 0 || performance.now() - startedAt > QUIET_MS) return count
    await delay(POLL_MS)
  }
}

/** `filter` such as `status=failed&`. */
export async function countJobs(supervisor: RestUser, filter: string): Promise<number> {
  return (await supervisor.page(`${JOBS}?${filter}limit=1`)).pagination.total_count
}

/** All of them, a page after the other. */
export async function listJobs(supervisor: RestUser, filter: string): Promise<readonly ListedJob[]> {
  const found: ListedJob[] = []
  const pages = Math.ceil((await countJobs(supervisor, filter)) / PAGE)
  for (let number = 1; number <= pages; number += 1) {
    const query = `${filter}direction=asc&limit=${PAGE}&page=${number}`
    found.push(...(await supervisor.page<ListedJob>(`${JOBS}?${query}`)).data)
  }
  return found
}
