import type { ClientLog } from './client-log.ts'
import type { JobJournal } from './job-journal.ts'

const NOTHING_PRINTED =
  'aborted-by-system: the station client ended before the first byte, and nothing was printed'

/**
 * What becomes of jobs that were in hand when the last client ended. `sending` is on the disk before the first byte: without it
 * nothing was printed, and the server is told so. With it nobody knows: the claim lapses, and the server says that.
 */
export async function settleAbandoned(journal: JobJournal, log: ClientLog): Promise<void> {
  for (const [job, step] of journal.abandoned()) {
    if (step === 'claimed') {
      log('a job that was in hand when the client ended had not begun to print', { job })
      await journal.noteEnd(job, { status: 'failed', reason: NOTHING_PRINTED })
    } else {
      log('a job that was in hand when the client ended is left to lapse: it may have printed', { job })
      await journal.note(job, 'unknown')
    }
  }
}
