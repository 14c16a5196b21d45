/**
 * What a suite has started and nobody has stopped yet. A suite whose `open` throws halfway has nothing to close what it
 * started before, nor has one that is broken off; and a database left behind runs on after the process has ended.
 */
type Stop = () => Promise<void>

const running = new Set<Stop>()
let isOver = false

/** Before anything is started: a suite goes on for a while after it was broken off. Throws then. */
export function assertGoesOn(): void {
  if (isOver) throw new Error('broken off')
}

/** `stopWhatRuns`, and nothing is started any more. */
export function stopForGood(): Promise<void> {
  isOver = true
  return stopWhatRuns()
}

/** Answers `stop`, to be called once or not at all: then `stopWhatRuns` calls it. */
export function noteRunning(stop: Stop): Stop {
  let stopping: Promise<void> | undefined
  // Whoever comes second waits too: the process ends when everybody has.
  const once: Stop = () => {
    stopping ??= stop().finally(() => running.delete(once))
    return stopping
  }
  running.add(once)
  return once
}

/**
 * The latest first: servers before their database. One that can't be stopped doesn't keep the others running; what was being
 * started meanwhile is stopped too.
 */
export async function stopWhatRuns(): Promise<void> {
  const failed: unknown[] = []
  for (let latest = [...running].at(-1); latest; latest = [...running].at(-1)) {
    await latest().catch((error: unknown) => failed.push(error))
  }
  if (failed.length > 0)
    throw new AggregateError(failed, 'not everything that a suite started could be stopped')
}
