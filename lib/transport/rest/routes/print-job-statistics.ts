import {
  HOURS_DEFAULT,
  printJobStatisticsAnswer,
  type PrintJobStatisticsQuery,
  printJobStatisticsQuery,
} from '../../../../schemas/print-job-statistics.ts'
import type { JobHour, JobLookupService } from '../../../print-jobs/job-lookup-service.ts'
import { toInstant } from '../rest-instant.ts'
import { defineRoute, type RestRoute } from '../rest-route.ts'

const HOUR_MS = 3_600_000

/** How many jobs were made by the hour, for charts: docs/cloud-printing.md. */
export const printJobStatisticsRoutes = (jobLookup: JobLookupService): readonly RestRoute[] => [
  defineRoute<unknown, PrintJobStatisticsQuery>({
    method: 'GET',
    path: '/v1/cloud-printing/job-statistics',
    scope: 'print_jobs:read',
    summary: 'Count print jobs by the hour',
    description:
      'In each hour, the jobs that were made in it, by the status that they have now. Oldest hour first.',
    tag: 'Print jobs',
    query: printJobStatisticsQuery,
    answer: { status: 200, schema: printJobStatisticsAnswer, isList: true, isPaged: false },
    refusals: ['location_access'],
    async handle({ caller, query: { location_id: locationId = null, from, hours = HOURS_DEFAULT } }) {
      const wanted = { locationId, hours, from: from === undefined ? firstHour(hours) : toInstant(from) }
      const counted = await jobLookup.statistics(caller, wanted)
      const message = `${counted.length} ${counted.length === 1 ? 'hour' : 'hours'} retrieved`
      return { kind: 'json', status: 200, message, data: counted.map(viewOf), pagination: null, events: [] }
    },
  }),
]

/** The last of them is the present one, by the clock of UTC. */
function firstHour(hours: number): Date {
  return new Date((Math.floor(Date.now() / HOUR_MS) - hours + 1) * HOUR_MS)
}

function viewOf({ from, jobs, byStatus }: JobHour) {
  return { object: 'print_job_statistics', from: from.toISOString(), jobs, ...byStatus }
}
