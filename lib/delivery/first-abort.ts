/**
 * Aborted with the first of two. `release` ends the listening: AbortSignal.any would leave that to the garbage collector,
 * and one of them may outlive thousands of jobs.
 */
export function firstAbort(
  one: AbortSignal,
  other: AbortSignal | undefined,
): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController()
  const sources = other ? [one, other] : [one]
  const abort = (): void => controller.abort(sources.find(({ aborted }) => aborted)?.reason)
  for (const source of sources) source.addEventListener('abort', abort)
  if (sources.some(({ aborted }) => aborted)) abort()
  return {
    signal: controller.signal,
    release: () => {
      for (const source of sources) source.removeEventListener('abort', abort)
    },
  }
}
