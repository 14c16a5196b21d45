import { type Db, query } from '../db/database.ts'

/** Beside those that it has. */
export async function addJobWarnings(db: Db, jobId: string, warnings: readonly string[]): Promise<void> {
  await query(
    db,
    `update print_jobs
     set warnings = print_jobs.warnings || array(
           select warning from unnest(:warnings::text[]) as warning where warning <> all(print_jobs.warnings)),
       updated_at = greatest(clock_timestamp(), print_jobs.updated_at)
     where print_jobs.job_id = :jobId::text`,
    { jobId, warnings },
  )
}
