import { computed, signal } from '@preact/signals'
import type { MessageKey } from '../language/text.ts'
import type { Waiting } from './command-queue.ts'
import type { Occurrence, PackingView, PackStation } from './packing-api.ts'

/** What the last scan or key came to, said once to eyes and ears. */
export interface Feedback {
  readonly tone: 'good' | 'bad' | 'wait' | 'info'
  readonly key: MessageKey
  readonly values?: Readonly<Record<string, string | number>>
}

export interface RecentPackage {
  readonly packageId: string
  readonly isPacked: boolean
}

/** What was refused while more was waiting behind it: said at once it would be gone before anybody has read it. */
export interface NotDone {
  readonly packageId: string | null
  readonly why: Feedback
}

const STATION_KEY = 'packhouse-station'
const RECENT_MAX = 6

export const view = signal<PackingView | null>(null)
export const feedback = signal<Feedback | null>(null)
export const stations = signal<readonly PackStation[]>([])
/** Of this browser; '' is none. */
export const stationId = signal(localStorage.getItem(STATION_KEY) ?? '')
export const waiting = signal<readonly Waiting[]>([])
export const notDone = signal<readonly NotDone[]>([])
export const recent = signal<readonly RecentPackage[]>([])
export const dialog = signal<'reprint' | 'codes' | null>(null)

/** The instruction that a packer went to; null: whichever is next. */
export const chosenId = signal<number | null>(null)

/** The card that has been on the screen long enough to be read: never taken for another one that has replaced it. */
export const seenCard = signal('')

export const station = computed(() => stations.value.find(({ id }) => id === stationId.value) ?? null)

export function chooseStation(id: string): void {
  stationId.value = id
  localStorage.setItem(STATION_KEY, id)
}

/** Whether the server has yet to answer that it is confirmed. */
export function isOnItsWay({ instruction_id }: Occurrence): boolean {
  return waiting.value.some(
    ({ command }) => command.kind === 'confirm' && command.instructionId === instruction_id,
  )
}

export function isOpen(occurrence: Occurrence): boolean {
  return ['due', 'changed', 'deferred'].includes(occurrence.state) && !isOnItsWay(occurrence)
}

/** What is on the screen, large: the chosen one, else the next that is due, else one that was put off. */
export const current = computed<Occurrence | null>(() => {
  const all = view.value?.occurrences ?? []
  const chosen = all.find(({ instruction_id }) => instruction_id === chosenId.value)
  const next = all.find((one) => isOpen(one) && one.state !== 'deferred') ?? all.find(isOpen)
  return chosen ?? next ?? null
})

/** Tells one card from the next: package, instruction and revision. */
export const cardKey = computed(() => {
  const packageId = view.value?.package.package_id ?? ''
  return current.value ? `${packageId} ${current.value.instruction_id} ${current.value.revision}` : packageId
})

export const isSeen = computed(() => seenCard.value === cardKey.value)

/** Forward or back through the instructions, without an end. */
export function step(by: 1 | -1): void {
  const all = view.value?.occurrences ?? []
  if (all.length === 0) return
  const at = all.findIndex((one) => one.instruction_id === current.value?.instruction_id)
  const next = all[(at + by + all.length) % all.length]
  chosenId.value = next?.instruction_id ?? null
}

export function remember(packageId: string, isPacked: boolean): void {
  const others = recent.value.filter((one) => one.packageId !== packageId)
  recent.value = [{ packageId, isPacked }, ...others].slice(0, RECENT_MAX)
}
