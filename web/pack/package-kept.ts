import { Refused, Unreachable } from '../api/request.ts'
import { view, waiting } from './pack-state.ts'
import { show } from './pack-work.ts'
import { packing } from './packing-api.ts'

/** A tab that is loaded again shows the package that its packer was at; another user's is not touched. */
export async function keepPackage(userId: string): Promise<void> {
  const key = `packhouse-package-${userId}`
  const kept = sessionStorage.getItem(key)
  view.subscribe((opened) => {
    if (opened) sessionStorage.setItem(key, opened.package.package_id)
    else sessionStorage.removeItem(key)
  })
  // What waits to be sent shows another package, or none.
  const isLeft = waiting.value.some(({ command: { kind } }) => kind === 'open' || kind === 'finish')
  if (kept === null || isLeft) return
  try {
    const opened = await packing.open(kept, {})
    if (view.value === null && opened.package.status === 'packing') show(opened)
  } catch (error) {
    if (!(error instanceof Refused || error instanceof Unreachable)) throw error
  }
}
