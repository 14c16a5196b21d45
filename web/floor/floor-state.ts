import { computed, signal } from '@preact/signals'
import { reportAnswered, reportLost } from '../api/connection.ts'
import { Refused, Unreachable } from '../api/request.ts'
import { callRest, get, listAll } from '../api/rest.ts'
import { user } from '../api/session.ts'
import { text } from '../language/text.ts'
import { type Job, JOBS, type Printer, type Station, STATIONS } from './floor-api.ts'

export interface Filter {
  readonly status: string
  readonly printerId: string
}

const JOBS_SHOWN = 25
/** Ten calls; a hall has a handful. */
const STATIONS_MAX = 1_000
const PAPER_SHOWN = 6
/** Whose paper is looked for. */
const VIRTUAL_MAX = 10

export const stations = signal<readonly Station[]>([])
/** There are more stations than are shown. */
export const isCut = signal(false)
export const printers = computed<readonly Printer[]>(() =>
  stations.value.flatMap(({ id, display_name, printers: own }) =>
    own.map((printer) => ({ ...printer, station: { id, display_name } })),
  ),
)
export const jobs = signal<readonly Job[]>([])
export const jobCount = signal(0)
export const page = signal(1)
export const filter = signal<Filter>({ status: '', printerId: '' })
/** What came out of virtual printers last. */
export const paper = signal<readonly Job[]>([])
export const openedId = signal<string | null>(null)
/** What the last action came to. */
export const note = signal<{ readonly tone: 'good' | 'bad'; readonly text: string } | null>(null)

export const maySupervise = computed(() => user.value?.role === 'supervisor')
export const pageCount = computed(() => Math.max(1, Math.ceil(jobCount.value / JOBS_SHOWN)))

export async function loadFloor(): Promise<void> {
  await quietly(async () => {
    const { items, hasMore } = await listAll<Station>(`${STATIONS}?direction=asc`, STATIONS_MAX)
    stations.value = items
    isCut.value = hasMore
    await Promise.all([loadJobs(), loadPaper()])
  })
}

export async function loadJobs(): Promise<void> {
  const { status, printerId } = filter.value
  const query = new URLSearchParams({ limit: String(JOBS_SHOWN), page: String(page.value) })
  if (status !== '') query.set('status', status)
  if (printerId !== '') query.set('printer_id', printerId)
  const { data, pagination } = await callRest<readonly Job[]>(`${JOBS}?${query.toString()}`)
  jobs.value = data
  jobCount.value = pagination?.total_count ?? 0
}

/** Each printer's own list: one that is seldom used isn't hidden behind those that are busy. */
async function loadPaper(): Promise<void> {
  const virtual = printers.value
    .filter(({ connection }) => connection.type === 'virtual')
    .slice(0, VIRTUAL_MAX)
  const query = `status=completed&limit=${PAPER_SHOWN}`
  const done = await Promise.all(
    virtual.map(({ id }) => get<readonly Job[]>(`${JOBS}?printer_id=${id}&${query}`)),
  )
  const newestFirst = done.flat().toSorted((a, b) => b.updated_at.localeCompare(a.updated_at))
  paper.value = newestFirst.slice(0, PAPER_SHOWN)
}

/** What can't be loaded stays as it was; that the connection is lost is shown. */
export async function quietly(work: () => Promise<void>): Promise<void> {
  try {
    await work()
    reportAnswered()
  } catch (error) {
    if (error instanceof Unreachable) reportLost()
    else if (!(error instanceof Refused)) throw error
  }
}

/** An action of a person: says what came of it, and looks again. */
export async function act(done: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
    note.value = { tone: 'good', text: done }
  } catch (error) {
    if (error instanceof Unreachable) reportLost()
    else if (!(error instanceof Refused)) throw error
    const message = error instanceof Refused ? error.message : text('connection.no_answer')
    note.value = { tone: 'bad', text: message }
  }
  await loadFloor()
}
