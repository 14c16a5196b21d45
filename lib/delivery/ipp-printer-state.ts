import type { IppClient } from './ipp-client.ts'
import { groupOf, type IppGroup, numberOf, stringsOf, valuesOf } from './ipp-message.ts'
import { GROUP } from './ipp-tags.ts'

const PROCESSING = 4
const STOPPED = 5
export const STATE_ATTRIBUTES = [
  'printer-state',
  'printer-state-reasons',
  'printer-state-message',
  'printer-is-accepting-jobs',
]

/**
 * Reasons that a person must remove before paper moves again, most telling first: contracts/cloud-printing.md, "Reasons",
 * and their kin in RFC 8011, section 5.4.12. What is merely low prints on.
 */
const ATTENTION_REASONS = [
  'media-jam',
  'cover-open',
  'door-open',
  'interlock-open',
  'media-empty',
  'media-needed',
  'input-tray-missing',
  'output-area-full',
  'output-tray-missing',
  'toner-empty',
  'marker-supply-empty',
  'marker-waste-full',
  'paused',
  'moving-to-paused',
  'shutdown',
  'power-down',
]

export interface IppPrinterState {
  readonly isProcessing: boolean
  readonly isStopped: boolean
  readonly isAccepting: boolean
  /** Without severity suffix, without `none`. */
  readonly stateReasons: readonly string[]
  readonly stateMessage: string
}

/** Undefined when the printer answers that it won't tell. */
export async function readPrinterState(
  client: IppClient,
  signal?: AbortSignal,
): Promise<IppPrinterState | undefined> {
  return toPrinterState(groupOf(await client.getPrinterAttributes(STATE_ATTRIBUTES, signal), GROUP.printer))
}

export function toPrinterState(printer: IppGroup | undefined): IppPrinterState | undefined {
  if (printer === undefined) return undefined
  return {
    isProcessing: numberOf(printer, 'printer-state') === PROCESSING,
    isStopped: numberOf(printer, 'printer-state') === STOPPED,
    isAccepting: valuesOf(printer, 'printer-is-accepting-jobs')[0]?.value !== false,
    stateReasons: toStateReasons(stringsOf(printer, 'printer-state-reasons')),
    stateMessage: stringsOf(printer, 'printer-state-message')[0] ?? '',
  }
}

/** They say nothing of the printer; CUPS's own is true of every job that it sends on. */
const IDLE_WORDS = new Set(['none', 'cups-waiting-for-job-completed'])

/** `['none']` is `[]`; `['media-empty-warning']` is `['media-empty']`: printers put the suffix on as their state has it. */
function toStateReasons(keywords: readonly string[]): string[] {
  const reasons = keywords.map((keyword) => keyword.replace(/-(report|warning|error)$/, ''))
  return [...new Set(reasons)].filter((reason) => !IDLE_WORDS.has(reason))
}

/** The reason why paper doesn't move, if the printer gives one. */
export function attentionReason(stateReasons: readonly string[]): string | undefined {
  return ATTENTION_REASONS.find((reason) => stateReasons.includes(reason))
}
