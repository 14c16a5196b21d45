import { mkdir, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'

const TRIES = 2

/**
 * Two clients with one journal would each take the other's jobs for its own of yesterday. Throws while another process
 * has the folder; what a killed one left doesn't count. Resolves with what gives it back.
 */
export async function lockStateDir(stateDir: string): Promise<() => Promise<void>> {
  await mkdir(stateDir, { recursive: true, mode: 0o700 })
  const path = join(stateDir, 'client.pid')
  for (let tries = 1; tries <= TRIES; tries += 1) {
    try {
      const file = await open(path, 'wx', 0o600)
      await file.writeFile(`${process.pid}\n`)
      await file.close()
      return () => rm(path, { force: true })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const pid = Number(await readFile(path, 'utf8').catch(() => ''))
    if (isAlive(pid)) throw new Error(`another station client (process ${pid}) uses ${stateDir}`)
    await rm(path, { force: true })
  }
  throw new Error(`another station client is starting in ${stateDir}`)
}

/** In a container the next client has the number of the one before, often 1. */
function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
