import { spawnSync } from 'node:child_process'
import { mkdir, rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Context } from 'mocha'

export interface SmallDisk {
  readonly folder: string
  /** Leaves so many bytes free. */
  fill(freeBytes: number): Promise<void>
  clear(): Promise<void>
  unmount(): Promise<void>
}

/** A file system of that size; skips the test where none may be mounted. */
export async function mountSmallDisk(test: Context, sizeMib: number, folder: string): Promise<SmallDisk> {
  await mkdir(folder, { recursive: true })
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMib}m,mode=0755`, 'tmpfs', folder])
  if (status !== 0) {
    console.warn('only root may mount a small disk: skipped')
    test.skip()
  }
  const ballast = join(folder, 'ballast')
  return {
    folder,
    async fill(freeBytes) {
      const { bavail, bsize } = await statfs(folder)
      await writeFile(ballast, Buffer.alloc(Math.max(0, bavail * bsize - freeBytes)))
    },
    clear: () => rm(ballast, { force: true }),
    async unmount() {
      spawnSync('umount', ['-l', folder])
    },
  }
}
