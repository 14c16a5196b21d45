import { type ComponentType, render } from 'preact'
import { loadLanguage, type MessageKey, text } from '../language/text.ts'

/** Draws a page once its texts are there. */
export async function start(Page: ComponentType, title: MessageKey): Promise<void> {
  await loadLanguage()
  document.title = `${text(title)} · Packhouse`
  const root = document.getElementById('page')
  root?.replaceChildren()
  if (root) render(<Page />, root)
}
