import type { Db } from '../db/database.ts'
import { signalStation } from '../db/printer-signals.ts'
import type { StationSignalName } from '../printers/station-signal.ts'
import type { EventsService } from '../webhooks/events-service.ts'
import type { PrintJob, PrintJobStatus } from './print-job.ts'
import { getPrintJob } from './print-job-store.ts'

/** Every status that a job comes to has its event, and its creation has one in the place of `queued`. */
export type JobEventName = 'created' | Exclude<PrintJobStatus, 'queued'>

/** What a station's clients want to know of; a printer whose job has ended may take the next. */
const SIGNALS: Readonly<Record<JobEventName, StationSignalName | null>> = {
  created: 'job.queued',
  processing: null,
  completed: 'printer.free',
  failed: 'printer.free',
  canceled: 'job.canceled',
}

/** Tells the job as it is now, to subscribers and to the clients of its station. The transaction holds the row lock of the job, or has just made it. */
export async function recordJobEvent(change: {
  readonly trx: Db
  readonly events: EventsService
  readonly job: PrintJob
  readonly type: JobEventName
  /** Packhouse drives its printer: no client of a station waits for it. */
  readonly isDrivenByUs?: boolean
}): Promise<void> {
  const { trx, events, job, type, isDrivenByUs = false } = change
  await events.record(trx, {
    type: `cloud_printing.job.${type}`,
    resource: { type: 'print_job', id: job.jobId },
    locationId: job.locationId,
    merchantId: job.merchantId,
    data: { ...job },
    traceparent: job.traceparent,
  })
  const event = SIGNALS[type]
  if (event === null || isDrivenByUs) return
  await signalStation(trx, { event, printerId: job.printer.printerId, jobId: job.jobId })
}

/** The same for a job that the transaction has just changed; answers it. */
export async function recordJobStatus(change: {
  readonly trx: Db
  readonly events: EventsService
  readonly jobId: string
  readonly status: Exclude<PrintJobStatus, 'queued'>
}): Promise<PrintJob> {
  const { trx, events, jobId, status } = change
  const job = await getPrintJob(trx, jobId)
  await recordJobEvent({ trx, events, job, type: status })
  return job
}
