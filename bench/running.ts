/**
 * What a suite has started and nobody has stopped yet. A suite whose `open` throws halfway has nothing to close what it
 * started before, nor has one that is broken off; and a database left behind runs on after the process has ended.
 */
type Stop = () => Promise<void>

const running = new Set<Stop>()

/** Answers `stop`, to be called once or not at all: then `stopWhatRuns` calls it. */
export function noteRunning(stop: Stop): Stop {
  const once: Stop = async () => {
    if (running.delete(once)) await stop()
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
