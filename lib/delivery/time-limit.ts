/**
 * Runs `work` with a signal that aborts when the outer one does, or after the time; null: without a limit. One controller,
 * not AbortSignal.any: what that makes may be collected while it is waited for (Node 20).
 */
export async function withLimit<T>(
  outer: AbortSignal,
  limitMs: number | null,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { signal, release } = limitedSignal(outer, limitMs)
  try {
    return await work(signal)
  } finally {
    release()
  }
}

export interface LimitedSignal {
  readonly signal: AbortSignal
  abort(): void
  release(): void
}

export function limitedSignal(outer: AbortSignal, limitMs: number | null): LimitedSignal {
  const controller = new AbortController()
  const abort = (): void => controller.abort(new Error('stopped, or too late'))
  const timer = limitMs === null ? null : setTimeout(abort, limitMs)
  if (outer.aborted) abort()
  outer.addEventListener('abort', abort)
  return {
    signal: controller.signal,
    abort,
    release() {
      if (timer) clearTimeout(timer)
      outer.removeEventListener('abort', abort)
    },
  }
}
