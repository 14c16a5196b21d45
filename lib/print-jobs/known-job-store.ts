/**
 * Conditions that leave PostgreSQL one way to find a job. Its statistics mostly come from a time when nothing waited: by them an
 * open status is as good as an id, and it reads all that waits, at every printer, for each step of each job.
 */

/** The status of a job that is found by something else: an expression, which no index has. */
export const STATUS_OF_KNOWN = `(print_jobs.status || '')`
/** The same of its printer. */
export const PRINTER_OF_KNOWN = `(print_jobs.printer_id::text)`

/** Waits at a printer that is named beside it: by the index of queues alone, whose own condition comes first. */
export const IS_IN_QUEUE = `(print_jobs.status in ('queued', 'processing') and ${STATUS_OF_KNOWN} = 'queued')`
