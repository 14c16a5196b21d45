/** A process that a suite has started. */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'

/** A server ends what it has begun first. */
const END_MS = 20_000

/** Resolves when it has ended, by force if it must be. */
export async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const force = setTimeout(() => child.kill('SIGKILL'), END_MS)
  child.kill('SIGTERM')
  await once(child, 'exit')
  clearTimeout(force)
}
