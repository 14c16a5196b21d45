import { type IppGroup, numberOf, stringsOf } from './ipp-message.ts'

export const JOB_ATTRIBUTES = [
  'job-id',
  'job-name',
  'job-state',
  'job-state-reasons',
  'job-state-message',
  'job-impressions-completed',
  'job-media-sheets-completed',
]

/** RFC 8011, section 5.3.7; `open` is every state that isn't the last. */
type IppJobPhase = 'open' | 'canceled' | 'aborted' | 'completed'

const FINAL_PHASES: ReadonlyMap<number, IppJobPhase> = new Map([
  [7, 'canceled'],
  [8, 'aborted'],
  [9, 'completed'],
])

export interface IppJobView {
  readonly id: number
  readonly name: string
  /** By job-state alone: reasons mislead, CUPS calls completed jobs `processing-to-stop-point`. */
  readonly phase: IppJobPhase
  /** The device's own words. */
  readonly words: string
  /** Impressions or sheets that came out, as far as the printer counts them. */
  readonly impressions: number
}

/** Undefined when the group has neither number nor state. */
export function toJobView(group: IppGroup | undefined): IppJobView | undefined {
  const id = numberOf(group, 'job-id')
  const state = numberOf(group, 'job-state')
  if (id === undefined || state === undefined) return undefined
  const words = [...stringsOf(group, 'job-state-message'), ...stringsOf(group, 'job-state-reasons')]
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
  }
}
