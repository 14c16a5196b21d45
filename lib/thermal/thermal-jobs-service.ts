import type { Caller } from '../access/caller.ts'
import { inTransactionOrDoubt } from '../db/doubtful-commit.ts'
import type { PrintJob } from '../print-jobs/print-job.ts'
import { JobOutcomes } from './job-outcomes.ts'
import { asBoolean, asString, member } from './lenient.ts'
import { createReceiptCopiesService, type ReceiptCopiesOptions } from './receipt-copies-service.ts'
import type { SentMessage } from './sent-message.ts'
import { ThermalError } from './thermal-error.ts'
import {
  findPicture,
  findRepeatedJob,
  insertPicture,
  type JobEnd,
  listJobEnds,
  listJobsWithDueCopies,
  rememberRepeat,
} from './thermal-job-store.ts'

export interface SubmittedJob {
  /** Of the print job, or of the one that an idempotent message repeats. */
  readonly jobId: string
  readonly printerId: string
  /** The printer's, as the message named it. */
  readonly code: string
}

/** Messages as print jobs: contracts/thermal.md, section 3. */
export interface ThermalJobsService {
  /**
   * From the check of `PrinterId` on; the connection judged `JobId` and its queue. Throws ThermalError: no print job is left
   * then; `unavailable` says so where one may be.
   */
  submit(caller: Caller, jobId: string, message: SentMessage): Promise<SubmittedJob>
  /** How the job ended, whichever process printed it; undefined when `signal` was aborted first. */
  outcome(jobId: string, signal: AbortSignal): Promise<JobEnd | undefined>
  /** The receipt of a job as a PNG, kept for virtual printers; a reprint has that of the job it repeats. */
  pictureOf(job: Pick<PrintJob, 'jobId' | 'reprintOf'>): Promise<Buffer | undefined>
  /** A job has ended: tells who waits for it, and makes its copies. */
  hear(jobId: string): Promise<void>
  /** The same for whatever ended unheard. */
  catchUp(): Promise<void>
}

const SWEPT_MAX = 100
const DOUBT = 'the database went away while the job was queued: it may have printed, or will'

export function createThermalJobsService(options: ReceiptCopiesOptions): ThermalJobsService {
  const { db, printJobs, receipts } = options
  const outcomes = new JobOutcomes((jobIds) => listJobEnds(db, jobIds))

  const copies = createReceiptCopiesService(options)

  return {
    async submit(caller, jobId, message) {
      const main = await receipts.getPrinter(caller, message.members)
      const made = await copies.make(main, message)
      const further = await copies.makeFurther(caller, main, message)
      const name = storable(jobId)
      const isIdempotent = asBoolean(member(message.members, 'Idempotent')) ?? false
      const key = { callerId: caller.id, thermalJobId: name }
      const { code } = main
      const { printerId } = main.printer
      return inTransactionOrDoubt(db, DOUBT, async (trx) => {
        const earlier = isIdempotent ? await findRepeatedJob(trx, key) : undefined
        if (earlier !== undefined) return { jobId: earlier, printerId, code }
        const job = await printJobs.submitTo(trx, main.printer, {
          name,
          document: await copies.store(trx, made),
          callerId: caller.id,
          callerName: caller.name,
          resource: { type: 'thermal_job', id: name, document: sentType(message) },
          isAnswered: true,
        })
        if (!job) throw new ThermalError(`Printer ${main.code} not found in configuration`)
        if (isIdempotent) await rememberRepeat(trx, key, job.jobId)
        if (made.picture) await insertPicture(trx, job.jobId, made.picture)
        await copies.order(trx, job.jobId, further)
        return { jobId: job.jobId, printerId, code }
      })
    },

    outcome: (jobId, signal) => outcomes.wait(jobId, signal),

    pictureOf: ({ jobId, reprintOf }) => findPicture(db, reprintOf === null ? [jobId] : [jobId, reprintOf]),

    async hear(jobId) {
      await outcomes.look([jobId])
      await copies.print(jobId)
    },

    async catchUp() {
      await outcomes.look()
      for (const jobId of await listJobsWithDueCopies(db, SWEPT_MAX)) await copies.print(jobId)
    },
  }
}

function sentType({ members }: SentMessage): string | null {
  return asString(member(members, 'DocumentType')) ?? null
}

/** A `JobId` may be any text; PostgreSQL keeps neither U+0000 nor half a surrogate pair. */
function storable(jobId: string): string {
  return jobId.toWellFormed().replaceAll('\0', '\uFFFD')
}
