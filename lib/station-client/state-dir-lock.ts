import { mkdir } from 'node:fs/promises'
import { acquireFolderLock, type FolderLock, FolderLockError } from '../processes/folder-lock.ts'

/**
 * Two clients with one journal would each take the other's jobs for its own of yesterday. Throws while another process
 * has the folder; what a killed one left doesn't count.
 */
export async function lockStateDir(stateDir: string): Promise<FolderLock> {
  await mkdir(stateDir, { recursive: true, mode: 0o700 })
  try {
    return await acquireFolderLock(stateDir, 'client.lock')
  } catch (error) {
    if (!(error instanceof FolderLockError)) throw error
    const which = error.owner === null ? 'is starting in' : `(process ${error.owner}) uses`
    throw new Error(`another station client ${which} ${stateDir}`, { cause: error })
  }
}
