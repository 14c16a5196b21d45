import { readdir, readlink, rm, symlink } from 'node:fs/promises'
import path from 'node:path'
import { identifyProcess, isRunning } from './process-identity.ts'

/** The right of this process to use a folder. */
export interface FolderLock {
  release(): Promise<void>
}

/** Why a folder can't be had. */
export class FolderLockError extends Error {
  override readonly name = 'FolderLockError'
  /** The process that has it; null: others are taking it at the same time, again and again. */
  readonly owner: number | null
  constructor(folder: string, owner: number | null) {
    super(owner === null ? `${folder} is being taken by other processes` : `process ${owner} has ${folder}`)
    this.owner = owner
  }
}

const RELEASED = 'released'
const ATTEMPTS_MAX = 50

/**
 * Takes the lock `name` of `folder`, or throws a FolderLockError. A lock whose process ended, however it ended, is free,
 * even where another process has its pid by now.
 *
 * The lock is a row of generations, `<name>.<n>`; the newest counts. Each is a symbolic link to nowhere whose
 * target names its owner, since making one is a single step that fails if the name exists: there is never a lock
 * without an owner. A dead owner's lock is superseded by the next number rather than removed, because between
 * "its owner is dead" and "remove it" another process may have taken it. Node has no flock().
 */
export async function acquireFolderLock(folder: string, name: string): Promise<FolderLock> {
  const self = identifyProcess(process.pid)
  const generations = new Generations(folder, `${name}.`)
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const seen = await generations.newest()
    const owner = seen > 0 ? await generations.ownerOf(seen) : null
    if (owner !== null) throw new FolderLockError(folder, owner)
    const mine = seen + 1
    if (!(await generations.claim(mine, `${process.pid} ${self?.start ?? ''}`))) continue
    if ((await generations.newest()) === mine) {
      await generations.removeOlder(mine)
      return { release: () => generations.release(mine) }
    }
    // We were slow: `mine` had come and gone before, and somebody holds a newer one.
    await generations.remove(mine)
  }
  throw new FolderLockError(folder, null)
}

class Generations {
  readonly #folder: string
  readonly #prefix: string

  constructor(folder: string, prefix: string) {
    this.#folder = folder
    this.#prefix = prefix
  }

  /** 0 when there is none yet. */
  async newest(): Promise<number> {
    return Math.max(0, ...(await this.#list()).filter(Number.isSafeInteger))
  }

  /** The pid of the process that holds it and runs; else null. */
  async ownerOf(generation: number): Promise<number | null> {
    const owner = await readlink(this.#path(generation)).catch(() => RELEASED)
    const [pid, start] = owner.split(' ')
    if (pid === undefined || start === undefined) return null
    return isRunning({ pid: Number(pid), start }) ? Number(pid) : null
  }

  /** False when there is one with that number. */
  async claim(generation: number, owner: string): Promise<boolean> {
    try {
      await symlink(owner, this.#path(generation))
      return true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
      throw error
    }
  }

  /** The newest generation must never vanish without a newer one: see acquireFolderLock. */
  async release(generation: number): Promise<void> {
    if (await this.claim(generation + 1, RELEASED)) await this.remove(generation)
  }

  async remove(generation: number): Promise<void> {
    await rm(this.#path(generation), { force: true })
  }

  async removeOlder(generation: number): Promise<void> {
    for (const older of await this.#list()) if (older < generation) await this.remove(older)
  }

  async #list(): Promise<number[]> {
    const names = await readdir(this.#folder)
    const own = names.filter((name) => name.startsWith(this.#prefix))
    return own.map((name) => Number(name.slice(this.#prefix.length)))
  }

  #path(generation: number): string {
    return path.join(this.#folder, `${this.#prefix}${generation}`)
  }
}
