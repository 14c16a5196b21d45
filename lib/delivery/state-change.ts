/** What keeps a printer from working: `['media-empty']`, then `[]`. */
export type StateListener = (reasons: readonly string[]) => void

/** Hands on what differs from the last; `[]` is where it begins. */
export function onStateChange(report: StateListener): StateListener {
  let last = ''
  return (reasons) => {
    const now = reasons.join()
    if (now !== last) report(reasons)
    last = now
  }
}
