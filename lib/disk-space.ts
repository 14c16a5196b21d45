import { statfs } from 'node:fs/promises'
import { withinTime } from './within-time.ts'

/** Prometheus gives a scrape up after 10 s, and all that it would have told with it. */
const ANSWER_MS = 2_000

/** What this account may still write to the disk of `folder`. Rejects as statfs does: ENOENT, EACCES. */
export async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}

/** For whoever asks again and again: a disk that doesn't answer, of a network, is asked once and keeps nobody waiting. */
export function watchFreeBytes(folder: string): () => Promise<number> {
  let asking: Promise<number> | undefined
  return () => {
    asking ??= freeBytesOf(folder).finally(() => (asking = undefined))
    return withinTime(asking, ANSWER_MS, 'the disk is slow to tell how much is free')
  }
}
