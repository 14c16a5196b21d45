import { isConnected, reportLost } from '../api/connection.ts'
import type { ServerEvent } from '../api/event-reader.ts'
import { type Follower, isLive } from '../api/live.ts'
import { Unreachable } from '../api/request.ts'
import { chooseStation, station, stationId, stations, view } from './pack-state.ts'
import { refresh } from './pack-work.ts'
import { packing } from './packing-api.ts'

export const TOPICS = ['cloud_printing.*', 'order_instruction.*', 'package.packed'] as const

/** Several events come at once; one look tells of all of them. */
const TOGETHER_MS = 120
/** While something prints: not every change of what a job waits for is an event. */
const PRINTING_EVERY_MS = 2_000
/** When nothing is told, since this user has too many pages open. */
const PACKAGE_EVERY_MS = 5_000
/** An event may be missed while the connection is changed. */
const PACKAGE_EVERY_TICKS = 6
const STATIONS_EVERY_MS = 15_000

export function startLive(): Follower {
  let soon: number | undefined
  const look = (): void => {
    window.clearTimeout(soon)
    soon = window.setTimeout(() => {
      void refresh()
      void loadStations()
    }, TOGETHER_MS)
  }
  setInterval(() => {
    if (isPrinting()) void refresh()
  }, PRINTING_EVERY_MS)
  let ticks = 0
  setInterval(() => {
    ticks += 1
    if (!isLive.value || ticks % PACKAGE_EVERY_TICKS === 0) void refresh()
  }, PACKAGE_EVERY_MS)
  setInterval(() => void loadStations(), STATIONS_EVERY_MS)
  return {
    onOpen: look,
    onEvent(event) {
      if (isAboutUs(event)) look()
    },
  }
}

interface Told {
  readonly id?: string
  readonly unique_id?: string
  readonly order_unique_id?: string
  readonly resource_type?: string | null
  readonly resource_id?: string | null
}

/** Whether it changes something on the screen. */
function isAboutUs({ type, data }: ServerEvent): boolean {
  const told = (data as { readonly data?: Told }).data ?? {}
  if (type.startsWith('cloud_printing.printer.')) return true
  const order = view.value?.package.order_unique_id
  if (order === undefined) return false
  if (type.startsWith('cloud_printing.job.')) return isOurJob(told)
  return told.unique_id === order || told.order_unique_id === order
}

function isOurJob({ resource_type: type, resource_id: id }: Told): boolean {
  const all = view.value?.occurrences ?? []
  return type === 'instruction' && all.some(({ instruction_id }) => String(instruction_id) === id)
}

function isPrinting(): boolean {
  const all = view.value?.occurrences ?? []
  return all.some(({ print_job }) => print_job && ['queued', 'processing'].includes(print_job.status))
}

export async function loadStations(): Promise<void> {
  if (!isConnected.value) return
  try {
    stations.value = await packing.stations()
  } catch (error) {
    if (error instanceof Unreachable) reportLost()
  }
}

/** The one that was chosen on this browser, if it is still there; where there is one alone, that one. */
export async function pickStation(): Promise<void> {
  await loadStations()
  if (station.value || stations.value.length === 0) return
  const [only, ...others] = stations.value
  if (only && others.length === 0) chooseStation(only.id)
  else if (stationId.value !== '') chooseStation('')
}
