import { dateAndTime, findText, type MessageKey, text } from '../language/text.ts'
import type { IconName } from './icon.tsx'

export type Tone = 'good' | 'bad' | 'wait' | 'info' | 'dull'

export interface Words {
  readonly tone: Tone
  readonly icon: IconName
  readonly text: string
  /** What to do; '' when nothing. */
  readonly advice: string
}

interface JobState {
  readonly status: string
  readonly reason: string | null
  readonly printerName: string
}

const STATUS: Readonly<
  Record<string, { readonly tone: Tone; readonly icon: IconName; readonly key: MessageKey }>
> = {
  queued: { tone: 'info', icon: 'clock', key: 'print.queued' },
  processing: { tone: 'info', icon: 'printer', key: 'print.processing' },
  completed: { tone: 'good', icon: 'check', key: 'print.completed' },
  failed: { tone: 'bad', icon: 'alert', key: 'print.failed' },
  canceled: { tone: 'dull', icon: 'cross', key: 'print.canceled' },
}

/** `media-empty: load letter` is `media-empty`. */
function keywordOf(reason: string): string {
  return (reason.split(/[:,]/, 1)[0]?.trim() ?? '').replace(/-(error|report|warning)$/, '')
}

const UNKNOWN = ['outcome-unknown', 'claim-timeout']

/** Whether a failed job with this reason may have printed all the same. */
export function isOutcomeUnknown(reason: string | null): boolean {
  return reason !== null && UNKNOWN.includes(keywordOf(reason))
}

/** What is to be said of a keyword of docs/printing.md; undefined for one that nobody foresaw. */
export function reasonWords(
  reason: string,
  printerName: string,
): { title: string; advice: string } | undefined {
  const title = findText(`reason.${keywordOf(reason)}`)
  if (title === undefined) return undefined
  const advice = findText(`advice.${keywordOf(reason)}`) ?? ''
  return { title, advice: advice.replaceAll('{printer}', printerName) }
}

/** A print job in words. What waits for a reason is a matter for somebody at the printer. */
export function jobWords({ status, reason, printerName }: JobState): Words {
  const known = STATUS[status] ?? { tone: 'dull', icon: 'clock', key: 'print.queued' as const }
  const words = reason === null ? undefined : reasonWords(reason, printerName)
  const isHeld = status === 'queued' || status === 'processing'
  if (words && (isHeld || status === 'failed')) {
    return {
      tone: isHeld ? 'wait' : 'bad',
      icon: 'alert',
      text: `${printerName}: ${words.title}`,
      advice: words.advice,
    }
  }
  const advice = reason !== null && status === 'failed' ? reason : ''
  return { tone: known.tone, icon: known.icon, text: text(known.key, { printer: printerName }), advice }
}

interface PrinterState {
  readonly name: string
  readonly status: string
  readonly paused: boolean
  /** By `packhouse hold`; packers aren't told. */
  readonly held?: { readonly since: string } | null
  readonly state_reasons: readonly string[]
}

export function printerWords(printer: PrinterState): Words {
  const { name, status, state_reasons: reasons } = printer
  const words = reasons.map((reason) => reasonWords(reason, name)).find((found) => found !== undefined)
  if (printer.paused) return pausedWords(printer)
  if (status === 'offline')
    return { tone: 'bad', icon: 'off', text: text('printer.offline'), advice: words?.advice ?? '' }
  if (words)
    return {
      tone: status === 'error' ? 'bad' : 'wait',
      icon: 'alert',
      text: words.title,
      advice: words.advice,
    }
  if (status === 'error')
    return { tone: 'bad', icon: 'alert', text: text('printer.error'), advice: reasons.join(', ') }
  if (status === 'busy') return { tone: 'info', icon: 'printer', text: text('printer.busy'), advice: '' }
  return { tone: 'good', icon: 'check', text: text('printer.online'), advice: '' }
}

function pausedWords({ held }: PrinterState): Words {
  const words = held
    ? {
        text: text('printer.held'),
        advice: text('printer.held_advice', { since: dateAndTime(held.since) }),
      }
    : { text: text('printer.paused'), advice: '' }
  return { tone: 'wait', icon: 'pause', ...words }
}

export function hasTrouble(printer: PrinterState): boolean {
  return ['bad', 'wait'].includes(printerWords(printer).tone)
}
