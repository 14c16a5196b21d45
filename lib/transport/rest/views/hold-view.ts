const ADVICE = {
  printer:
    'packhouse hold paused it: cancel what is printed already, then run packhouse release, or resume it',
  webhook: 'packhouse hold keeps its events back: packhouse release sends them',
} as const

/** `heldAt` is undefined in an event that was recorded before holds were told. */
export function holdView(what: keyof typeof ADVICE, heldAt: Date | null | undefined) {
  return heldAt ? { since: heldAt.toISOString(), advice: ADVICE[what] } : null
}
