/** What must hold whatever the times are: held against what the peers received. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { RestUser, RpcUser } from './callers.ts'
import type { EventReader } from './event-reader.ts'
import { inParallel } from './in-parallel.ts'
import { marksIn, markText } from './mark.ts'
import type { MadeOrder } from './order-load.ts'
import type { Paper } from './paper.ts'
import type { MemorySample } from './watch.ts'

export interface Finding {
  readonly rule: string
  readonly isKept: boolean
  readonly detail: string
}

const AT_ONCE = 8
const POLL_MS = 500
const QUIET_MS = 300_000
const EVENTS_MS = 60_000
const JOBS = '/v1/cloud-printing/jobs'

/** Until no job is queued or processing any more. */
export async function allJobsEnd(supervisor: RestUser): Promise<Finding> {
  const startedAt = performance.now()
  for (;;) {
    const open = await Promise.all(
      ['queued', 'processing'].map((status) => countJobs(supervisor, `status=${status}&`)),
    )
    const count = open.reduce((sum, one) => sum + one, 0)
    if (count === 0 || performance.now() - startedAt > QUIET_MS) {
      return { rule: 'every job ends', isKept: count === 0, detail: `${count} open` }
    }
    await delay(POLL_MS)
  }
}

export async function judgeInstructions(
  orders: readonly MadeOrder[],
  connectors: readonly RpcUser[],
): Promise<Finding> {
  const wrong = await inParallel(orders, AT_ONCE, async ({ orderId, notes }, index) => {
    const connector = connectors[index % connectors.length] as RpcUser
    const listed = (
      await connector.call<readonly { note: string }[]>('order_instruction.list', [orderId])
    ).map(({ note }) => note)
    return notes.toSorted().join() === listed.toSorted().join() ? [] : [orderId]
  })
  const made = orders.reduce((sum, { notes }) => sum + notes.length, 0)
  return finding('every instruction is listed once', `${made} of ${orders.length} orders`, wrong.flat())
}

/** Virtual printers are read here: each file of theirs is a sheet. */
export async function collectVirtual(
  folder: string,
  printers: readonly string[],
  paper: Paper,
): Promise<void> {
  await inParallel(printers, AT_ONCE, async (name) => {
    const files = await readdir(join(folder, name)).catch(() => [])
    for (const file of files.filter((each) => each.endsWith('.pdf'))) {
      for (const mark of marksIn(await readFile(join(folder, name, file)))) paper.come(mark, 0, name)
    }
  })
}

export interface PaperJudging {
  readonly paper: Paper
  readonly supervisor: RestUser
  readonly jobIds: ReadonlySet<string>
  /** So many may be in doubt, since their connections were cut on purpose. */
  readonly doubtMax: number
}

export async function judgePaper(judging: PaperJudging): Promise<readonly Finding[]> {
  const { paper, supervisor, jobIds, doubtMax } = judging
  const failed = await listJobs(supervisor, 'status=failed&')
  const doubted = failed.filter(({ reason }) => /^(claim-timeout|outcome-unknown)/.test(reason ?? ''))
  const isDoubted = new Set(doubted.map(({ name }) => name.slice(0, markText(0).length)))
  const lost = paper.missing().filter((mark) => !isDoubted.has(markText(mark)))
  const others = failed.filter((job) => !doubted.includes(job))
  const total = await countJobs(supervisor, '')
  return [
    finding('no paper is lost', `${paper.askedFor} asked for`, lost.map(markText)),
    finding('no paper comes twice', `${paper.askedFor} asked for`, paper.doubled()),
    {
      rule: 'nothing is in doubt but what was cut midway',
      isKept: doubted.length <= doubtMax,
      detail: `${doubted.length} in doubt, ${doubtMax} cut`,
    },
    finding(
      'no job fails',
      `${total} jobs`,
      others.map(({ id, reason }) => `${id}: ${reason}`),
    ),
    {
      rule: 'there are as many jobs as were answered',
      isKept: total === jobIds.size,
      detail: `${total} there, ${jobIds.size} answered`,
    },
  ]
}

/** Each job is told to be made once and to end once. */
export async function judgeEvents(
  { told, breaks }: EventReader,
  { jobIds, instructions }: { readonly jobIds: ReadonlySet<string>; readonly instructions: number },
): Promise<Finding> {
  const startedAt = performance.now()
  const problems = (): string[] => {
    const counts = [...jobIds].flatMap((id) => [
      [`cloud_printing.job.created ${id}`, told.get(`cloud_printing.job.created ${id}`) ?? 0] as const,
      [
        `end of ${id}`,
        ['completed', 'failed', 'canceled'].reduce(
          (sum, end) => sum + (told.get(`cloud_printing.job.${end} ${id}`) ?? 0),
          0,
        ),
      ] as const,
    ])
    const made = [...told].filter(([key]) => key.startsWith('order_instruction.created '))
    return [
      ...counts.filter(([, count]) => count !== 1).map(([what, count]) => `${what}: ${count} times`),
      ...made.filter(([, count]) => count !== 1).map(([key, count]) => `${key}: ${count} times`),
      ...(made.length === instructions ? [] : [`${made.length} of ${instructions} instructions`]),
    ]
  }
  while (problems().length > 0 && performance.now() - startedAt < EVENTS_MS) await delay(POLL_MS)
  const count = [...told.values()].reduce((sum, one) => sum + one, 0)
  return finding('each event is told once', `${count} events, ${breaks} breaks of the stream`, problems())
}

/** Growth over the last two thirds of the load; what a heap does before its first full collection is none. */
const GROWTH_SHARE_MAX = 0.25
const GROWTH_MB_MAX = 64
/** A heap that has just begun to be used grows. */
const SPAN_SECONDS_MIN = 120

export function judgeMemory(samples: readonly MemorySample[]): Finding {
  const load = samples.filter(({ phase }) => phase === 'load')
  const later = load.slice(Math.floor(load.length / 3))
  const perSecond = slopeOf(later.map(({ seconds, rssMb }) => [seconds, rssMb]))
  const span = (later.at(-1)?.seconds ?? 0) - (later[0]?.seconds ?? 0)
  const mean = later.reduce((sum, { rssMb }) => sum + rssMb, 0) / Math.max(1, later.length)
  const growth = perSecond * span
  return {
    rule: 'memory is flat',
    isKept: span < SPAN_SECONDS_MIN || growth <= Math.max(GROWTH_MB_MAX, mean * GROWTH_SHARE_MAX),
    detail: `${(perSecond * 60).toFixed(1)} MB a minute over the last ${span.toFixed(0)} s of the load, ${mean.toFixed(0)} MB on average`,
  }
}

/** Least squares. */
function slopeOf(points: readonly (readonly [number, number])[]): number {
  const meanOf = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
  const meanX = meanOf(points.map(([x]) => x))
  const meanY = meanOf(points.map(([, y]) => y))
  const spread = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0)
  return spread === 0 ? 0 : points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / spread
}

const SHOWN_MAX = 10

export function finding(rule: string, detail: string, wrong: readonly string[]): Finding {
  const shown = wrong.slice(0, SHOWN_MAX).join('; ')
  return {
    rule,
    isKept: wrong.length === 0,
    detail: wrong.length === 0 ? detail : `${detail}; ${wrong.length} wrong: ${shown}`,
  }
}

interface ListedJob {
  readonly id: string
  readonly name: string
  readonly reason: string | null
}

async function countJobs(supervisor: RestUser, filter: string): Promise<number> {
  return (await supervisor.page(`${JOBS}?${filter}limit=1`)).pagination.total_count
}

/** The first hundred: more are wrong in any case. */
async function listJobs(supervisor: RestUser, filter: string): Promise<readonly ListedJob[]> {
  return (await supervisor.page(`${JOBS}?${filter}limit=100`)).data as ListedJob[]
}
