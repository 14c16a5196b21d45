import type { Request } from 'express'

/** Aborts when the connection of the request ends before `release` is called. */
export function hangUpSignal({ socket }: Request): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController()
  const hangUp = (): void => controller.abort()
  if (socket.destroyed) hangUp()
  socket.once('close', hangUp)
  // A client that says goodbye while it waits has hung up, too: this server ends no half-open conversation.
  socket.once('end', hangUp)
  return {
    signal: controller.signal,
    release() {
      socket.off('close', hangUp)
      socket.off('end', hangUp)
    },
  }
}
