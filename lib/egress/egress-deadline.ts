/** A time limit as an AbortSignal, chained to a longer one. */
export interface Deadline {
  readonly signal: AbortSignal
  /** Lifts the limit; the parent still counts. */
  lift(): void
  /** Lets go of timer and parent: call it in `finally`. */
  release(): void
}

export interface DeadlineOptions {
  readonly timeoutMs: number
  /** The abort reason once the time is up. */
  readonly expired: () => Error
  readonly parent?: AbortSignal | undefined
}

/** NOTE: not AbortSignal.any over AbortSignal.timeout: on Node 20 such a signal can be collected before it fires. */
export function startDeadline({ timeoutMs, expired, parent }: DeadlineOptions): Deadline {
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(expired()), timeoutMs)
  const follow = (): void => controller.abort(parent?.reason)
  if (parent?.aborted === true) follow()
  parent?.addEventListener('abort', follow, { once: true })
  return {
    signal: controller.signal,
    lift: () => clearTimeout(timer),
    release: () => {
      clearTimeout(timer)
      parent?.removeEventListener('abort', follow)
    },
  }
}
