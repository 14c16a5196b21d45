/** Work that is done once for all who ask for it, as urgently as the most urgent of them needs it. */
export interface AwaitedWork<Result> {
  readonly result: Promise<Result>
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
  return { result: work(wanted.signal), want: () => wanted.abort() }
}
