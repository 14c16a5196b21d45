/** What the printers received, held against what was asked for and what the server says of its jobs. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RestUser } from './callers.ts'
import { type Finding, finding } from './finding.ts'
import { inParallel } from './in-parallel.ts'
import { countJobs, JOBS, type ListedJob, listJobs } from './jobs.ts'
import { markText } from './mark.ts'
import type { Paper } from './paper.ts'
import type { CutMidway } from './storm.ts'

const AT_ONCE = 8

/** Virtual printers are read here: each file of theirs is a sheet. */
export async function collectVirtual(
  folder: string,
  printers: readonly string[],
  paper: Paper,
): Promise<void> {
  await inParallel(printers, AT_ONCE, async (name) => {
    const files = await readdir(join(folder, name)).catch(() => [])
    for (const file of files.filter((each) => each.endsWith('.pdf'))) {
      paper.take(await readFile(join(folder, name, file)), 0, name)
    }
  })
}

export interface PaperJudging {
  readonly paper: Paper
  readonly supervisor: RestUser
  /** Of every job that was answered. */
  readonly jobIds: ReadonlySet<string>
  readonly cutMidway: CutMidway
}

export async function judgePaper(judging: PaperJudging): Promise<readonly Finding[]> {
  const { paper, supervisor, jobIds } = judging
  const failed = await listJobs(supervisor, 'status=failed&')
  const isExcused = await inParallel(
    failed,
    AT_ONCE,
    async (job) => wasReadTooSlowly(job, judging) || (await wasCutMidway(job, judging)),
  )
  const excused = failed.filter((_, index) => isExcused[index])
  const others = failed.filter((_, index) => !isExcused[index])
  const mayBeMissing = new Set(excused.map(markOf))
  const lost = paper.missing().filter((mark) => !mayBeMissing.has(mark))
  const [total, completed] = await Promise.all([
    countJobs(supervisor, ''),
    countJobs(supervisor, 'status=completed&'),
  ])
  return [
    finding('no paper is lost', `${paper.askedFor} asked for`, lost.map(markText)),
    finding('no paper comes twice', `${paper.askedFor} asked for`, paper.doubled()),
    finding('every paper is one whole document', `${paper.taken} received`, paper.faults),
    finding(
      'no job fails or is in doubt but what was cut midway',
      `${excused.length} excused, ${judging.cutMidway.marks.size} cut`,
      others.map(({ id, name, reason }) => `${id} ${name}: ${reason}`),
    ),
    {
      rule: 'there are as many jobs as were answered',
      isKept: total === jobIds.size && completed + failed.length === total,
      detail: `${total} there, ${completed} completed, ${jobIds.size} answered`,
    },
  ]
}

/** The limit of reading a document counts by the clock: a small one meets it where there is no processor. It says so. */
function wasReadTooSlowly(job: ListedJob, { paper }: PaperJudging): boolean {
  const isSaid = /^document-format-error: the document took longer than \d+ s to read/.test(job.reason ?? '')
  return isSaid && paper.timesCome(markOf(job)) === 0
}

interface Attempt {
  readonly started_at: string
  readonly outcome: string | null
}

/**
 * A client lost its connection while the job was being given to it: so it never knew of the job, nothing came out, the claim
 * lapsed, and the server says that it can't know. Nothing else may be in doubt.
 */
async function wasCutMidway(
  job: ListedJob,
  { paper, supervisor, cutMidway }: PaperJudging,
): Promise<boolean> {
  const mark = markOf(job)
  if (!cutMidway.marks.has(mark) || paper.timesCome(mark) > 0) return false
  if (!/^claim-timeout\b/.test(job.reason ?? '')) return false
  const attempts = await supervisor.get<readonly Attempt[]>(`${JOBS}/${job.id}/attempts`)
  const [first] = attempts
  return (
    attempts.length === 1 && first?.outcome === 'unknown' && Date.parse(first.started_at) <= cutMidway.backAt
  )
}

/** -1 for a job that nobody here made. */
function markOf({ name }: ListedJob): number {
  const hex = /^LM([0-9a-f]{6})E/.exec(name)?.[1]
  return hex === undefined ? -1 : Number.parseInt(hex, 16)
}
