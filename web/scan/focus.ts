export interface FocusKeeping {
  /** A key that a list or a button takes itself. */
  afterOwnKey(event: KeyboardEvent): void
  end(): void
}

/** Gives the field the focus whenever nothing else needs it. */
export function keepFocus(field: HTMLInputElement): FocusKeeping {
  const giveBack = (): void => {
    if (!isWithinDialog(document.activeElement) && !document.querySelector('dialog[open]')) field.focus()
  }
  let isByKeys = false
  const onPointer = (): void => {
    isByKeys = false
  }
  // After a click the finger is gone; with Tab somebody goes to a button or a list on purpose.
  const afterClick = ({ type, target }: Event): void => {
    const isChoosing = target instanceof HTMLSelectElement && (type === 'click' || isByKeys)
    if (!isChoosing) window.setTimeout(giveBack)
  }
  document.addEventListener('pointerdown', onPointer, true)
  document.addEventListener('click', afterClick)
  document.addEventListener('change', afterClick)
  window.addEventListener('focus', giveBack)
  document.addEventListener('packhouse-focus', giveBack)
  giveBack()
  return {
    afterOwnKey({ key }) {
      isByKeys = key !== 'Enter'
      if (key === 'Enter') window.setTimeout(giveBack)
    },
    end() {
      document.removeEventListener('pointerdown', onPointer, true)
      document.removeEventListener('click', afterClick)
      document.removeEventListener('change', afterClick)
      window.removeEventListener('focus', giveBack)
      document.removeEventListener('packhouse-focus', giveBack)
    },
  }
}

/** A dialog has closed: the field gets the focus back. */
export function returnFocus(): void {
  document.dispatchEvent(new Event('packhouse-focus'))
}

export function isWithinDialog(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('dialog') !== null
}
