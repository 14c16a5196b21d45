import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'

/** Linux keeps what is in it in memory. In a container it may be far too small. */
const MEMORY = '/dev/shm'
/** Hundreds of databases come and go; some 30 of 11 MB, and their documents, are there at once. */
const FREE_BYTES_MIN = 1024 ** 3
const NAME = 'packhouse-test-'

/** A folder of its own in memory for this process; undefined where there is none, or not enough of it. */
export async function makeMemoryFolder(): Promise<string | undefined> {
  if (!existsSync(MEMORY)) return undefined
  await removeLeftOvers()
  const { bavail, bsize } = await statfs(MEMORY)
  return bavail * bsize < FREE_BYTES_MIN ? undefined : mkdtemp(join(MEMORY, `${NAME}${process.pid}-`))
}

/** Of runs that were killed: unlike files on a disk they would take memory. */
async function removeLeftOvers(): Promise<void> {
  for (const name of await readdir(MEMORY)) {
    const pid = new RegExp(`^${NAME}(\\d+)-`).exec(name)?.[1]
    if (pid === undefined || existsSync(`/proc/${pid}`)) continue
    // Another user's stay.
    await rm(join(MEMORY, name), { recursive: true, force: true }).catch(() => undefined)
  }
}
