import type { Page } from 'playwright-core'

export interface Covered {
  readonly button: string
  /** What a finger on its middle would touch. */
  readonly by: string
}

/** Runs in the page: what lies at an element's middle. A button that is disabled lies there, too. */
const TOUCH = `(element) => {
  element.style.pointerEvents = 'auto'
  const { x, y, width, height } = element.getBoundingClientRect()
  const hit = document.elementFromPoint(x + width / 2, y + height / 2)
  if (width > 0 && height > 0 && hit && element.contains(hit)) return []
  const by = hit ? hit.tagName + '.' + (hit.getAttribute('class') ?? '') : 'outside the screen'
  return [{ button: element.textContent.trim().slice(0, 40), by }]
}`

/** The elements of a selector that a finger doesn't reach as the page stands, without scrolling. */
export async function coveredIn(page: Page, selector: string): Promise<readonly Covered[]> {
  return page.evaluate(`[...document.querySelectorAll(${JSON.stringify(selector)})].flatMap(${TOUCH})`)
}

/** The buttons that a finger doesn't reach, also after scrolling to them. A dialog's alone, where one is open. */
export async function unreachableIn(page: Page): Promise<readonly Covered[]> {
  return page.evaluate(`[...(document.querySelector('dialog') ?? document).querySelectorAll('button')].flatMap((button) => {
    button.scrollIntoView({ block: 'center', inline: 'nearest' })
    return (${TOUCH})(button)
  })`)
}

/** How many pixels the page, or something on it that is wider than its place, can be scrolled sideways. */
export async function sidewaysIn(
  page: Page,
  parts = 'dialog > *, main section, .card, .read, .middle, .rail, .troubles',
) {
  return page.evaluate<readonly string[]>(`['html', ...${JSON.stringify(parts.split(', '))}]
    .flatMap((part) => [...document.querySelectorAll(part)].flatMap((element) => {
      const over = element.scrollWidth - element.clientWidth
      return over > 1 ? [part + ' ' + over + ' px'] : []
    }))`)
}
