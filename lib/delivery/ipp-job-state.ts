import { type IppGroup, numberOf, stringsOf } from './ipp-message.ts'

export const JOB_ATTRIBUTES = [
  'job-id',
  'job-name',
  'job-state',
  'job-state-reasons',
  'job-state-message',
  'job-impressions-completed',
  'job-media-sheets-completed',
  'job-k-octets',
  'number-of-documents',
]

/** RFC 8011, section 5.3.7; `open` is every state that isn't the last. */
type IppJobPhase = 'open' | 'canceled' | 'aborted' | 'completed'

const FINAL_PHASES: ReadonlyMap<number, IppJobPhase> = new Map([
  [7, 'canceled'],
  [8, 'aborted'],
  [9, 'completed'],
])

/** Pending and pending-held: nothing of the job has been worked on. */
const UNBEGUN_STATES = new Set<number>([3, 4])
/** RFC 8011, section 5.3.8: the job was made, and its document hasn't come, or not all of it. */
const WAITS_FOR_DOCUMENT = new Set(['job-incoming', 'job-data-insufficient'])

export interface IppJobView {
  readonly id: number
  readonly name: string
  /** By job-state alone: reasons mislead, CUPS calls completed jobs `processing-to-stop-point`. */
  readonly phase: IppJobPhase
  /** The device's own words. */
  readonly words: string
  /** Impressions or sheets that came out, as far as the printer counts them. */
  readonly impressions: number
  /** It was made, and stands there for want of its document: nothing of it is on paper. */
  readonly isWithoutDocument: boolean
  /** What the printer has of the document, in units of 1024 octets, rounded up; null when it doesn't say. */
  readonly kilooctets: number | null
}

/** Undefined when the group has neither number nor state. */
export function toJobView(group: IppGroup | undefined): IppJobView | undefined {
  const id = numberOf(group, 'job-id')
  const state = numberOf(group, 'job-state')
  if (id === undefined || state === undefined) return undefined
  const reasons = stringsOf(group, 'job-state-reasons')
  const words = [...stringsOf(group, 'job-state-message'), ...reasons]
  const isWaiting =
    numberOf(group, 'number-of-documents') === 0 || reasons.some((reason) => WAITS_FOR_DOCUMENT.has(reason))
  return {
    id,
    name: stringsOf(group, 'job-name')[0] ?? '',
    phase: FINAL_PHASES.get(state) ?? 'open',
    words: words
      .map((word) => word.trim())
      .filter((word) => word !== '' && word !== 'none')
      .join('; '),
    impressions: Math.max(
      numberOf(group, 'job-impressions-completed') ?? 0,
      numberOf(group, 'job-media-sheets-completed') ?? 0,
    ),
    isWithoutDocument: UNBEGUN_STATES.has(state) && isWaiting,
    kilooctets: numberOf(group, 'job-k-octets') ?? null,
  }
}
