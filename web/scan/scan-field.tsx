import { useLayoutEffect, useRef } from 'preact/hooks'
import { BARE_SCAN_MS, type KeyVerdict, ScanReader } from './scan-reader.ts'

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
  let silence: number | undefined
  const take = (verdict: KeyVerdict): void => {
    if (verdict.kind !== 'scan') return
    withdraw(verdict.code)
    latest.current.onCode(verdict.code)
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
    silence = window.setTimeout(() => take(reader.silence(performance.now())), BARE_SCAN_MS + 10)
    if (isWithinDialog(event.target)) return
    if (key === 'Enter' && event.target === field) return submit(event)
    if (isOwnKey(event)) return keepOrReturn(event)
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
  const keepFocus = (): void => {
    if (!isWithinDialog(document.activeElement) && !document.querySelector('dialog[open]')) field.focus()
  }
  let isByKeys = false
  const onPointer = (): void => {
    isByKeys = false
  }
  const keepOrReturn = ({ key }: KeyboardEvent): void => {
    isByKeys = key !== 'Enter'
    if (key === 'Enter') window.setTimeout(keepFocus)
  }
  // After a click the finger is gone; with Tab somebody goes to a button or a list on purpose.
  const afterClick = ({ type, target }: Event): void => {
    const isChoosing = target instanceof HTMLSelectElement && (type === 'click' || isByKeys)
    if (!isChoosing) window.setTimeout(keepFocus)
  }
  document.addEventListener('keydown', onKeyDown, true)
  document.addEventListener('pointerdown', onPointer, true)
  document.addEventListener('click', afterClick)
  document.addEventListener('change', afterClick)
  window.addEventListener('focus', keepFocus)
  document.addEventListener('packhouse-focus', keepFocus)
  keepFocus()
  return () => {
    document.removeEventListener('keydown', onKeyDown, true)
    document.removeEventListener('pointerdown', onPointer, true)
    document.removeEventListener('click', afterClick)
    document.removeEventListener('change', afterClick)
    window.removeEventListener('focus', keepFocus)
    document.removeEventListener('packhouse-focus', keepFocus)
  }
}

function isShortcut({ ctrlKey, altKey, metaKey }: KeyboardEvent): boolean {
  return ctrlKey || altKey || metaKey
}

const LIST_KEYS = ['ArrowDown', 'ArrowUp', 'Home', 'End', 'Enter', ' ']

/** Whether whatever has the focus is worked with that key: a list by arrows, a button by the space bar. */
function isOwnKey({ key, target }: KeyboardEvent): boolean {
  if (target instanceof HTMLSelectElement) return LIST_KEYS.includes(key)
  return key === ' ' && (target instanceof HTMLButtonElement || target instanceof HTMLAnchorElement)
}

/** What was scanned has been typed into whatever had the focus: it isn't left there. */
function withdraw(code: string): void {
  const { activeElement } = document
  if (!(activeElement instanceof HTMLInputElement || activeElement instanceof HTMLTextAreaElement)) return
  const { value } = activeElement
  activeElement.value = value.endsWith(code) ? value.slice(0, -code.length) : value
  activeElement.dispatchEvent(new Event('input', { bubbles: true }))
}

function isWithinDialog(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('dialog') !== null
}

/** A dialog has closed: the field gets the focus back. */
export function returnFocus(): void {
  document.dispatchEvent(new Event('packhouse-focus'))
}
