import { type FileHandle, open, rename, stat } from 'node:fs/promises'
import type { DatabaseAccount } from './embedded-account.ts'

const LOG_BYTES_MAX = 10 * 1024 * 1024
const TAIL_BYTES = 4 * 1024

/** Opens the server's log to append, after setting a full one aside as `<file>.1`, the only old copy. */
export async function openServerLog(file: string, account?: DatabaseAccount): Promise<FileHandle> {
  if ((await sizeOf(file)) > LOG_BYTES_MAX) await rename(file, `${file}.1`)
  const log = await open(file, 'a', 0o600)
  if (account !== undefined) await log.chown(account.uid, account.gid)
  return log
}

/** The end of the server's log for an error message; empty where there is none. */
export async function tailServerLog(file: string): Promise<string> {
  const log = await open(file, 'r').catch(() => undefined)
  if (log === undefined) return ''
  try {
    const size = (await log.stat()).size
    const tail = Buffer.alloc(Math.min(size, TAIL_BYTES))
    await log.read(tail, 0, tail.length, size - tail.length)
    return tail.toString('utf8').trim()
  } finally {
    await log.close()
  }
}

async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.size ?? 0
}
