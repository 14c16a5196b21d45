import { readdir, readlink, rm, symlink } from 'node:fs/promises'
import path from 'node:path'
import { DomainError } from '../errors.ts'
import { identifyProcess, isRunning } from './embedded-process.ts'

/** The right of this process to use one DATA_DIR. */
export interface DataDirLock {
  release(): Promise<void>
}

const NAME = 'packhouse.lock.'
const RELEASED = 'released'
const ATTEMPTS_MAX = 50

/**
 * Takes the lock of `dataDir`, or throws a DomainError that names the process which has it. A lock whose process
 * ended, however it ended, is free.
 *
 * The lock is a row of generations, `packhouse.lock.<n>`; the newest counts. Each is a symbolic link to nowhere whose
 * target names its owner, since making one is a single step that fails if the name exists: there is never a lock
 * without an owner. A dead owner's lock is superseded by the next number rather than removed, because between
 * "its owner is dead" and "remove it" another process may have taken it. Node has no flock().
 */
export async function acquireDataDirLock(dataDir: string): Promise<DataDirLock> {
  const self = identifyProcess(process.pid)
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const seen = await newestGeneration(dataDir)
    if (seen > 0) await refuseIfHeld(dataDir, seen)
    const mine = seen + 1
    if (!(await claim(dataDir, mine, `${process.pid} ${self?.start ?? ''}`))) continue
    if ((await newestGeneration(dataDir)) === mine) {
      await removeOlder(dataDir, mine)
      return { release: () => release(dataDir, mine) }
    }
    // We were slow: `mine` had come and gone before, and somebody holds a newer one.
    await rm(lockPath(dataDir, mine), { force: true })
  }
  throw inUse(`DATA_DIR ${dataDir} is being started by other processes`)
}

async function refuseIfHeld(dataDir: string, generation: number): Promise<void> {
  const owner = await readlink(lockPath(dataDir, generation)).catch(() => RELEASED)
  const [pid, start] = owner.split(' ')
  if (pid === undefined || start === undefined) return
  if (isRunning({ pid: Number(pid), start })) throw inUse(`DATA_DIR ${dataDir} is in use by process ${pid}`)
}

export function inUse(what: string): DomainError {
  return new DomainError('unavailable', `${what}; set DATABASE_URL to share one database`, {
    subject: 'database',
    reason: 'data_dir_in_use',
  })
}

async function claim(dataDir: string, generation: number, owner: string): Promise<boolean> {
  try {
    await symlink(owner, lockPath(dataDir, generation))
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** The newest generation must never vanish without a newer one: see acquireDataDirLock. */
async function release(dataDir: string, generation: number): Promise<void> {
  if (await claim(dataDir, generation + 1, RELEASED)) await rm(lockPath(dataDir, generation), { force: true })
}

async function generations(dataDir: string): Promise<number[]> {
  const names = await readdir(dataDir)
  return names.filter((name) => name.startsWith(NAME)).map((name) => Number(name.slice(NAME.length)))
}

/** 0 when there is none yet. */
async function newestGeneration(dataDir: string): Promise<number> {
  return Math.max(0, ...(await generations(dataDir)).filter(Number.isSafeInteger))
}

async function removeOlder(dataDir: string, generation: number): Promise<void> {
  for (const older of await generations(dataDir)) {
    if (older < generation) await rm(lockPath(dataDir, older), { force: true })
  }
}

function lockPath(dataDir: string, generation: number): string {
  return path.join(dataDir, `${NAME}${generation}`)
}
