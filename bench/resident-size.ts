/** What processes hold in memory, by Linux's account. */
import { readdir, readFile } from 'node:fs/promises'

const KIB_PER_MIB = 1024

/** Of one process with its threads, in MiB. */
export async function residentMib(pid: number): Promise<number> {
  return fieldOf(await readFile(`/proc/${pid}/status`, 'latin1'), 'VmRSS')
}

/** Of a process and its children, in MiB; what they share counts once. Those that end meanwhile count nothing. */
export async function familyMib(parent: number): Promise<number> {
  const sizes = (await readdir('/proc'))
    .filter((name) => /^\d+$/.test(name))
    .map(async (name) => {
      const status = await readFile(`/proc/${name}/status`, 'latin1').catch(() => '')
      const isMember = Number(name) === parent || new RegExp(`^PPid:\\s+${parent}$`, 'm').test(status)
      if (!isMember) return 0
      return fieldOf(await readFile(`/proc/${name}/smaps_rollup`, 'latin1').catch(() => ''), 'Pss')
    })
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}

function fieldOf(text: string, field: string): number {
  const kib = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]
  return Number(kib ?? 0) / KIB_PER_MIB
}
