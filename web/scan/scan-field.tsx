import { useLayoutEffect, useRef } from 'preact/hooks'
import { type EarlyKey, takeEarlyKeys } from './early-key.ts'
import { isWithinDialog, keepFocus } from './focus.ts'
import { BARE_SCAN_MS, type KeyVerdict, ScanReader } from './scan-reader.ts'

/**
 * A scanner's silence is counted in steps: a browser that was busy takes one of them at once, however long it was, and
 * then has its keys before the next. One long timer would cut codes in two.
 */
const SILENCE_STEP_MS = 50
const SILENCE_STEPS = BARE_SCAN_MS / SILENCE_STEP_MS + 1

export interface ScanFieldProps {
  readonly id: string
  readonly placeholder: string
  readonly describedBy: string
  /** A scan, or what was typed and ended with Enter. */
  readonly onCode: (code: string) => void
  /** Enter in the empty field, pressed by a person. */
  readonly onEmptyEnter: () => void
  /** Other keys that mean something: answers whether it took the key. */
  readonly onKey: (key: string) => boolean
}

/** The field that has the focus whenever nothing else needs it; wherever it is, what is scanned comes here. */
export function ScanField(props: ScanFieldProps) {
  const field = useRef<HTMLInputElement>(null)
  const latest = useRef(props)
  latest.current = props
  // Before the first frame: what is scanned as soon as the field is seen isn't lost.
  useLayoutEffect(() => (field.current ? listen(field.current, latest) : undefined), [])
  return (
    <input
      id={props.id}
      ref={field}
      class="scan"
      type="text"
      autocomplete="off"
      autocapitalize="none"
      spellcheck={false}
      maxLength={1000}
      placeholder={props.placeholder}
      aria-describedby={props.describedBy}
    />
  )
}

type Latest = { readonly current: ScanFieldProps }

function listen(field: HTMLInputElement, latest: Latest): () => void {
  const reader = new ScanReader()
  const focus = keepFocus(field)
  let silence: number | undefined
  const take = (verdict: KeyVerdict): void => {
    if (verdict.kind !== 'scan') return
    withdraw(verdict.code)
    latest.current.onCode(verdict.code)
  }
  const awaitSilence = (steps = SILENCE_STEPS): void => {
    window.clearTimeout(silence)
    silence = window.setTimeout(() => {
      if (steps > 1) awaitSilence(steps - 1)
      else take(reader.silence(performance.now()))
    }, SILENCE_STEP_MS)
  }
  const onEarlyKey = (early: EarlyKey): void => {
    if (!isShortcut(early)) take(reader.key(early.key, early.timeStamp, early.repeat))
    awaitSilence()
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    window.clearTimeout(silence)
    const { key } = event
    if (isShortcut(event)) return
    const verdict = reader.key(key, event.timeStamp, event.repeat)
    if (verdict.kind !== 'none') {
      event.preventDefault()
      return take(verdict)
    }
    awaitSilence()
    if (isWithinDialog(event.target)) return
    if (key === 'Enter' && event.target === field) return submit(event)
    if (isOwnKey(event)) return focus.afterOwnKey(event)
    if (latest.current.onKey(key)) return event.preventDefault()
    if ([...key].length === 1) field.focus()
  }
  const submit = (event: KeyboardEvent): void => {
    event.preventDefault()
    if (event.repeat) return
    const typed = field.value.trim()
    field.value = ''
    if (typed === '') latest.current.onEmptyEnter()
    else latest.current.onCode(typed)
  }
  document.addEventListener('keydown', onKeyDown, true)
  for (const early of takeEarlyKeys()) onEarlyKey(early)
  return () => {
    window.clearTimeout(silence)
    document.removeEventListener('keydown', onKeyDown, true)
    focus.end()
  }
}

function isShortcut({ ctrlKey, altKey, metaKey }: EarlyKey): boolean {
  return ctrlKey || altKey || metaKey
}

const LIST_KEYS = ['ArrowDown', 'ArrowUp', 'Home', 'End', 'Enter', ' ']

/** Whether whatever has the focus is worked with that key: a list by arrows, a button by the space bar. */
function isOwnKey({ key, target }: KeyboardEvent): boolean {
  if (target instanceof HTMLSelectElement) return LIST_KEYS.includes(key)
  return key === ' ' && (target instanceof HTMLButtonElement || target instanceof HTMLAnchorElement)
}

/** What was scanned has been typed into whatever had the focus, the end of it at least: it isn't left there. */
function withdraw(code: string): void {
  const { activeElement } = document
  if (!(activeElement instanceof HTMLInputElement || activeElement instanceof HTMLTextAreaElement)) return
  const { value } = activeElement
  const typed = [...code].map((_, from) => code.slice(from)).find((end) => value.endsWith(end)) ?? ''
  activeElement.value = value.slice(0, value.length - typed.length)
  activeElement.dispatchEvent(new Event('input', { bubbles: true }))
}
