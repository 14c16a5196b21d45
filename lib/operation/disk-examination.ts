import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
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
  try {
    await access(dataDir, constants.W_OK)
    const freeBytes = await freeBytesOf(dataDir)
    return { what, ...(holdsDatabase ? judgeDatabase(freeBytes) : judgeOutput(freeBytes)) }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return { what, state: 'doubtful', text: 'not there yet; the first start makes it' }
    const advice = 'run as the account that runs the server, or set DATA_DIR'
    const text = `can't be written (${code ?? 'unknown'})`
    return { what, state: holdsDatabase ? 'bad' : 'doubtful', text, advice }
  }
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
