import type { Db } from '../db/database.ts'
import { signalStation } from '../db/printer-signals.ts'
import type { StationSignalName } from '../printers/station-signal.ts'
import type { JobEventName } from './job-event-store.ts'
import type { PrintJob, PrintJobStatus } from './print-job.ts'
import { tellPrintJob } from './print-job-store.ts'

/** What a station's clients want to know of; a printer whose job has ended may take the next. */
const SIGNALS: Readonly<Record<JobEventName, StationSignalName | null>> = {
  created: 'job.queued',
  processing: null,
  completed: 'printer.free',
  failed: 'printer.free',
  canceled: 'job.canceled',
}

/** Tells the clients of the job's station of an event that its subscribers are told of. */
export async function signalJobEvent(
  trx: Db,
  job: Pick<PrintJob, 'jobId'> & { readonly printer: Pick<PrintJob['printer'], 'printerId'> },
  type: JobEventName,
): Promise<void> {
  const event = SIGNALS[type]
  if (event === null) return
  await signalStation(trx, { event, printerId: job.printer.printerId, jobId: job.jobId })
}

/**
 * Tells the job as it is now, which the transaction has just changed and holds the row lock of, to subscribers and to
 * the clients of its station; answers it.
 */
export async function recordJobStatus(
  trx: Db,
  jobId: string,
  status: Exclude<PrintJobStatus, 'queued'>,
): Promise<PrintJob> {
  const job = await tellPrintJob(trx, jobId, status)
  await signalJobEvent(trx, job, status)
  return job
}
