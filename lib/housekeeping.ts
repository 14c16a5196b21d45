import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { createJobCountsService } from './print-jobs/job-counts-service.ts'
import type { Services } from './services.ts'
import type { Housekeeping } from './webhooks/webhook-delivery.ts'

/** What is done by the clock, by one process for all of them. */
export function createHousekeeping({
  db,
  services: { documentRetention },
  log,
}: {
  db: Knex
  services: Services
  log: Logger
}): Readonly<Record<string, Housekeeping>> {
  const jobCounts = createJobCountsService({ db })
  return {
    prune_documents: {
      cron: '47 * * * *',
      async run(signal) {
        const removed = await documentRetention.prune(signal)
        if (removed > 0) log.info({ removed }, 'the bytes of old documents were removed')
      },
    },
    fold_job_counts: { cron: '* * * * *', run: () => jobCounts.fold() },
  }
}
