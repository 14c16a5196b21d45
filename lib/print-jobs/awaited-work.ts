/** Work that is done once for all who ask for it, as urgently as the most urgent of them needs it. */
export interface AwaitedWork<Result> {
  readonly result: Promise<Result>
  /** Undefined as long as it isn't done, and when it failed. */
  found(): Result | undefined
  /** Somebody waits for it from now on. */
  want(): void
}

/** `untilWanted` is aborted when somebody waits for it; until then nobody does. */
export function startAwaited<Result>(
  isBeforehand: boolean,
  work: (untilWanted: AbortSignal) => Promise<Result>,
): AwaitedWork<Result> {
  const wanted = new AbortController()
  if (!isBeforehand) wanted.abort()
  const result = work(wanted.signal)
  let found: Result | undefined
  result.then(
    (done) => {
      found = done
    },
    () => undefined,
  )
  return { result, found: () => found, want: () => wanted.abort() }
}
