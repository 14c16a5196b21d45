/** A key that went down before its page could take it. */
export type EarlyKey = Pick<KeyboardEvent, 'key' | 'timeStamp' | 'repeat' | 'ctrlKey' | 'altKey' | 'metaKey'>

declare global {
  interface Window {
    /** Whatever came so far; nothing is kept from then on. */
    packhouseEarlyKeys?: () => readonly EarlyKey[]
  }
}

/** Ten long codes. */
export const EARLY_KEYS_MAX = 1_000

/** Once: a second field finds none. */
export function takeEarlyKeys(): readonly EarlyKey[] {
  return window.packhouseEarlyKeys?.() ?? []
}
