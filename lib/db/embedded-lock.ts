import { DomainError } from '../errors.ts'
import { acquireFolderLock, type FolderLock, FolderLockError } from '../processes/folder-lock.ts'

/** Takes the lock of `dataDir`, or throws a DomainError that names the process which has it. */
export async function acquireDataDirLock(dataDir: string): Promise<FolderLock> {
  try {
    return await acquireFolderLock(dataDir, 'packhouse.lock')
  } catch (error) {
    if (!(error instanceof FolderLockError)) throw error
    throw inUse(
      error.owner === null
        ? `DATA_DIR ${dataDir} is being started by other processes`
        : `DATA_DIR ${dataDir} is in use by process ${error.owner}`,
    )
  }
}

export function inUse(what: string): DomainError {
  return new DomainError('unavailable', `${what}; set DATABASE_URL to share one database`, {
    subject: 'database',
    reason: 'data_dir_in_use',
  })
}
