import { computed, signal } from '@preact/signals'
import { reportAnswered, reportLost } from '../api/connection.ts'
import { Refused, Unreachable } from '../api/request.ts'
import { callRest, get } from '../api/rest.ts'
import { user } from '../api/session.ts'
import { text } from '../language/text.ts'
import { type Job, JOBS, type Printer, PRINTERS } from './floor-api.ts'

export interface Filter {
  readonly status: string
  readonly printerId: string
}

const JOBS_SHOWN = 25
const PRINTERS_MAX = 100
const PAPER_SHOWN = 6

export const printers = signal<readonly Printer[]>([])
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
    printers.value = await get<readonly Printer[]>(`${PRINTERS}?limit=${PRINTERS_MAX}&direction=asc`)
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

async function loadPaper(): Promise<void> {
  const query = 'status=completed&order_by=updated_at&limit=30'
  const done = await get<readonly Job[]>(`${JOBS}?${query}`)
  const virtual = new Set(
    printers.value.filter(({ connection }) => connection.type === 'virtual').map(({ id }) => id),
  )
  paper.value = done.filter(({ printer }) => virtual.has(printer.id)).slice(0, PAPER_SHOWN)
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
