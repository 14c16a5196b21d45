/** Before the page itself: what is scanned while it loads, and while it asks who packs, is kept for it. */
import { EARLY_KEYS_MAX, type EarlyKey } from './scan/early-key.ts'

const keys: EarlyKey[] = []

function keep({ key, timeStamp, repeat, ctrlKey, altKey, metaKey }: KeyboardEvent): void {
  if (keys.length < EARLY_KEYS_MAX) keys.push({ key, timeStamp, repeat, ctrlKey, altKey, metaKey })
}

document.addEventListener('keydown', keep, true)
window.packhouseEarlyKeys = () => {
  document.removeEventListener('keydown', keep, true)
  return keys.splice(0)
}
