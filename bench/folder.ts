/** A folder of a suite's own, which the database's and other accounts may enter. */
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { assertGoesOn, noteRunning } from './running.ts'

export interface BenchFolder {
  readonly path: string
  /** With all that is in it. */
  remove(): Promise<void>
}

export async function makeFolder(): Promise<BenchFolder> {
  assertGoesOn()
  const path = await mkdtemp(join(tmpdir(), 'packhouse-bench-'))
  const remove = noteRunning(() => rm(path, { recursive: true, force: true }))
  await chmod(path, 0o755)
  return { path, remove }
}
