import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { freeBytesOf } from '../disk-space.ts'
import type { Finding } from './finding.ts'

const MIB = 1024 * 1024
/** PostgreSQL stops when its disk is full; the embedded one alone keeps up to 1 GiB of log. */
const BAD_BYTES = 256 * MIB
const DOUBTFUL_BYTES = 2048 * MIB
/** With a database elsewhere: some thousand documents of virtual printers. */
const OUTPUT_BYTES = 256 * MIB

/** Whether DATA_DIR can be written and has room for what lives there. `holdsDatabase`: the embedded database does. */
export async function examineDisk(dataDir: string, holdsDatabase: boolean): Promise<Finding> {
  const what = `disk of ${dataDir}`
  const state = holdsDatabase ? 'bad' : 'doubtful'
  try {
    if (!(await stat(dataDir)).isDirectory()) return { what, state, text: 'is no folder', advice: NO_FOLDER }
    await access(dataDir, constants.W_OK)
    const freeBytes = await freeBytesOf(dataDir)
    return { what, ...(holdsDatabase ? judgeDatabase(freeBytes) : judgeOutput(freeBytes)) }
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') return { what, state, ...unwritable('written', error) }
  }
  const obstacle = await whyNotMade(resolve(dataDir))
  if (obstacle !== undefined) return { what, state, ...obstacle }
  return { what, state: 'doubtful', text: 'not there yet; the first start makes it' }
}

const NO_FOLDER = 'set DATA_DIR to a folder'

/** What would keep the first start from making the folder, found without making one. */
async function whyNotMade(folder: string): Promise<Pick<Verdict, 'text' | 'advice'> | undefined> {
  const parent = await nearestParent(folder)
  try {
    await access(parent, constants.W_OK | constants.X_OK)
    // Root may write everywhere, but those of the kernel, such as /proc, have room for nothing.
    if ((await freeBytesOf(parent)) > 0) return undefined
    return { text: `can't be made: ${parent} has no room`, advice: 'make room there, or set DATA_DIR' }
  } catch (error) {
    return unwritable('made', error)
  }
}

async function nearestParent(folder: string): Promise<string> {
  const parent = dirname(folder)
  if (parent === folder) return parent
  const isThere = await stat(parent).then(
    () => true,
    (error: unknown) => codeOf(error) !== 'ENOENT',
  )
  return isThere ? parent : nearestParent(parent)
}

function unwritable(done: 'written' | 'made', error: unknown): Pick<Verdict, 'text' | 'advice'> {
  const code = codeOf(error)
  const advice = code === 'ENOTDIR' ? NO_FOLDER : 'run as the account that runs the server, or set DATA_DIR'
  return { text: `can't be ${done} (${code})`, advice }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown'
}

type Verdict = Omit<Finding, 'what'>

function judgeDatabase(freeBytes: number): Verdict {
  const text = freeText(freeBytes)
  if (freeBytes >= DOUBTFUL_BYTES) return { state: 'good', text }
  const advice = 'make room, or move DATA_DIR: a database whose disk is full takes no more jobs'
  return { state: freeBytes < BAD_BYTES ? 'bad' : 'doubtful', text, advice }
}

/** Nothing but virtual printers writes there after the first start. */
function judgeOutput(freeBytes: number): Verdict {
  const text = `${freeText(freeBytes)}; that of the database can't be seen from here`
  if (freeBytes >= OUTPUT_BYTES) return { state: 'good', text }
  const advice = 'make room where there are virtual printers: they keep there what they were sent'
  return { state: 'doubtful', text, advice }
}

function freeText(freeBytes: number): string {
  return `${Math.floor(freeBytes / MIB)} MiB are free`
}
