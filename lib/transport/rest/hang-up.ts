import type { Request } from 'express'

/** Why somebody waits no longer. */
export interface Patience {
  /** Aborted when the connection ends or the request does, while not released. */
  readonly signal: AbortSignal
  /** True when there is nobody to answer to any more. */
  hasHungUp(): boolean
  release(): void
}

/** One controller, not AbortSignal.any: what that makes may be collected while it is waited for (Node 20). */
export function patienceOf({ socket }: Request, ending: AbortSignal): Patience {
  const controller = new AbortController()
  let isGone = socket.destroyed
  const end = (): void => controller.abort()
  const hangUp = (): void => {
    isGone = true
    end()
  }
  if (isGone || ending.aborted) end()
  socket.once('close', hangUp)
  // A client that says goodbye while it waits has hung up, too: this server ends no half-open conversation.
  socket.once('end', hangUp)
  ending.addEventListener('abort', end)
  return {
    signal: controller.signal,
    hasHungUp: () => isGone,
    release() {
      socket.off('close', hangUp)
      socket.off('end', hangUp)
      ending.removeEventListener('abort', end)
    },
  }
}
