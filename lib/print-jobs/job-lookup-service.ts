import { validate as isUuid } from 'uuid'
import type { Caller } from '../access/caller.ts'
import type { Db } from '../db/database.ts'
import type { ListPage, ListQuery } from '../db/list-page.ts'
import { isStorableText } from '../db/storable-text.ts'
import { NotFoundError } from '../errors.ts'
import type { PrintAttempt } from './attempt.ts'
import { assertSeesJob, visibleTo } from './job-access.ts'
import { findRouting, listAttempts } from './job-history-store.ts'
import { type JobFilter, listPrintJobs } from './job-list-store.ts'
import type { FrozenRouting } from './job-routing.ts'
import type { JobStatus } from './job-state.ts'
import { countJobsByHour } from './job-statistics-store.ts'
import type { PrintJob } from './print-job.ts'
import { getPrintJob } from './print-job-store.ts'

/** What callers read of print jobs, each as far as it may see: contracts/cloud-printing.md, sections 1 to 3. */
export interface JobLookupService {
  /** Throws NotFoundError, `forbidden` for a job of another location. */
  getJob(caller: Caller, jobId: string): Promise<PrintJob>
  /**
   * Without a location the caller's own. What names nothing narrows the list to nothing; a location, station or printer
   * out of the caller's reach is `forbidden`.
   */
  listJobs(
    caller: Caller,
    filter: Omit<JobFilter, 'merchantId'>,
    list: ListQuery,
  ): Promise<ListPage<PrintJob>>
  /**
   * How many jobs were made in each hour from a time on, and what has become of them. Without a location the caller's own;
   * throws `forbidden` for another one.
   */
  statistics(caller: Caller, wanted: StatisticsRequest): Promise<readonly JobHour[]>
  /** The ledger, oldest line first, its last thousand lines at most. Throws as `getJob` does. */
  attempts(caller: Caller, jobId: string): Promise<readonly PrintAttempt[]>
  /** Why this printer, as it was decided when the job was made. Throws as `getJob` does. */
  routing(caller: Caller, jobId: string): Promise<FrozenRouting>
}

export interface StatisticsRequest {
  readonly locationId: string | null
  readonly from: Date
  /** A week at most. */
  readonly hours: number
}

export interface JobHour {
  readonly from: Date
  /** All that were made in it. */
  readonly jobs: number
  readonly byStatus: Readonly<Record<JobStatus, number>>
}

const HOUR_MS = 3_600_000
const NONE_BY_STATUS = { queued: 0, processing: 0, completed: 0, failed: 0, canceled: 0 } as const

/** A job of two weeks that a switched-off printer makes wait has some 80,000 tries at most; nobody reads further. */
const ATTEMPTS_MAX = 1000

export function createJobLookupService({ db }: { db: Db }): JobLookupService {
  async function getJob(caller: Caller, jobId: string): Promise<PrintJob> {
    if (!isStorableText(jobId)) throw new NotFoundError('print_job', jobId)
    const job = await getPrintJob(db, jobId)
    assertSeesJob(caller, job)
    return job
  }

  return {
    getJob,

    async listJobs(caller, filter, list) {
      if (!canNameAnything(filter)) return { items: [], totalCount: 0, hasMore: false }
      return listPrintJobs(db, { ...filter, ...(await visibleTo(db, caller, filter)) }, list)
    },

    async statistics(caller, { locationId, from, hours }) {
      const isNowhere = locationId !== null && !isStorableText(locationId)
      const filter = { locationId, stationId: null, printerId: null }
      const visible = isNowhere ? null : await visibleTo(db, caller, filter)
      const counts = visible ? await countJobsByHour(db, { ...visible, from, hours }) : []
      return Array.from({ length: hours }, (_, hour) => {
        const own = counts.filter((count) => count.hour === hour)
        const byStatus = {
          ...NONE_BY_STATUS,
          ...Object.fromEntries(own.map((one) => [one.status, one.jobs])),
        }
        const jobs = own.reduce((sum, one) => sum + one.jobs, 0)
        return { from: new Date(from.getTime() + hour * HOUR_MS), jobs, byStatus }
      })
    },

    async attempts(caller, jobId) {
      await getJob(caller, jobId)
      return listAttempts(db, jobId, ATTEMPTS_MAX)
    },

    async routing(caller, jobId) {
      await getJob(caller, jobId)
      const routing = await findRouting(db, jobId)
      if (!routing) throw new NotFoundError('print_job', jobId)
      return routing
    },
  }
}

/** What the database can't hold is in none of its rows. */
function canNameAnything({ printerId, ...texts }: Omit<JobFilter, 'merchantId'>): boolean {
  if (printerId !== null && !isUuid(printerId)) return false
  return Object.values(texts).every((text) => text === null || isStorableText(text))
}
