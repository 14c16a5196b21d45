import { constants } from 'node:fs'
import { lchown, open, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Cluster } from './embedded-cluster.ts'

/** What a server says of itself in `postmaster.pid`. */
export interface PidFile {
  readonly pid: number
  /** Missing until the server has opened its socket. */
  readonly socketFolder: string | undefined
  readonly isReady: boolean
}

/** Lines of postmaster.pid, from 0 (PostgreSQL, src/include/utils/pidfile.h). */
const [LINE_PID, LINE_SOCKET_FOLDER, LINE_STATUS] = [0, 4, 7]
const FILE_BYTES_MAX = 8 * 1024

/** No system gives out this pid: Linux stops at 2^22, macOS at 99,999. */
const NOBODYS_PID = 2 ** 31 - 1

/** undefined where no server runs or ran into a crash, and while the file is being written. */
export async function readPidFile(folder: string): Promise<PidFile | undefined> {
  const lines = await readLines(folder)
  const pid = Number(lines?.[LINE_PID])
  if (lines === undefined || !Number.isSafeInteger(pid) || pid <= 0) return undefined
  return {
    pid,
    socketFolder: lines[LINE_SOCKET_FOLDER] || undefined,
    isReady: lines[LINE_STATUS]?.trim() === 'ready',
  }
}

/**
 * Says in a dead server's file that its pid is nobody's, since PostgreSQL refuses to start while any process of its
 * account has that pid. Removing the file would lose the shared memory it names, by which PostgreSQL notices that
 * children of the dead server still write.
 */
export async function disownPidFile(cluster: Cluster): Promise<void> {
  const lines = await readLines(cluster.folder)
  if (lines === undefined) return
  const { folder, account } = cluster
  // Renamed into place, so that a crash leaves one file or the other.
  const next = path.join(folder, 'postmaster.pid.new')
  await rm(next, { force: true })
  await writeFile(next, lines.with(LINE_PID, String(NOBODYS_PID)).join('\n'), { flag: 'wx', mode: 0o600 })
  if (account !== undefined) await lchown(next, account.uid, account.gid)
  await rename(next, path.join(folder, 'postmaster.pid'))
}

/** As root we read in another account's folder: a link planted there must not lead us elsewhere. */
async function readLines(folder: string): Promise<string[] | undefined> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW
  const file = await open(path.join(folder, 'postmaster.pid'), flags).catch(() => undefined)
  if (file === undefined) return undefined
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(FILE_BYTES_MAX), 0, FILE_BYTES_MAX, 0)
    return buffer.toString('utf8', 0, bytesRead).split('\n')
  } finally {
    await file.close()
  }
}
