/**
 * What a suite has started and nobody has stopped yet. A suite whose `open` throws halfway has nothing to close what it
 * started before, and a database left behind runs on after the process has ended.
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

/** The latest first: servers before their database. One that can't be stopped doesn't keep the others running. */
export async function stopWhatRuns(): Promise<void> {
  const failed: unknown[] = []
  for (const stop of [...running].toReversed()) await stop().catch((error: unknown) => failed.push(error))
  if (failed.length > 0)
    throw new AggregateError(failed, 'not everything that a suite started could be stopped')
}
