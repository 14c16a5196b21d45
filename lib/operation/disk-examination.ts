import { constants } from 'node:fs'
import { access, statfs } from 'node:fs/promises'
import type { Finding } from './finding.ts'

const MIB = 1024 * 1024
/** PostgreSQL stops when its disk is full; the embedded one alone keeps up to 1 GiB of log. */
const BAD_BYTES = 256 * MIB
const DOUBTFUL_BYTES = 2048 * MIB

/** Whether DATA_DIR can be written and has room. */
export async function examineDisk(dataDir: string): Promise<Finding> {
  const what = `disk of ${dataDir}`
  try {
    await access(dataDir, constants.W_OK)
    const { bavail, bsize } = await statfs(dataDir)
    const free = bavail * bsize
    const text = `${Math.floor(free / MIB)} MiB are free`
    if (free >= DOUBTFUL_BYTES) return { what, state: 'good', text }
    const advice = 'make room, or move DATA_DIR: a database whose disk is full takes no more jobs'
    return { what, state: free < BAD_BYTES ? 'bad' : 'doubtful', text, advice }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return { what, state: 'doubtful', text: 'not there yet; the first start makes it' }
    const advice = 'run as the account that runs the server, or set DATA_DIR'
    return { what, state: 'bad', text: `can't be written (${code ?? 'unknown'})`, advice }
  }
}
