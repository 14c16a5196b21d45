import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** One process for good: a pid is reused, a pid together with its start is not. */
export interface ProcessIdentity {
  readonly pid: number
  /** When it started, to be compared only: boot id and ticks on Linux, `ps`'s wording elsewhere. No spaces. */
  readonly start: string
}

const PS_TIMEOUT_MS = 5_000

/** The process that has `pid` now, or undefined when none runs. A zombie has ended, although signal 0 still reaches it. */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  const start = process.platform === 'linux' ? linuxStart(pid) : ps(pid, 'lstart')?.replaceAll(/\s+/g, '_')
  return start === undefined ? undefined : { pid, start }
}

export function isRunning(identity: ProcessIdentity): boolean {
  return identifyProcess(identity.pid)?.start === identity.start
}

/** The command line with a space after every argument; empty when there is none or it is hidden. */
export function commandLineOf(pid: number): string {
  // Not /proc/<pid>/cwd or exe: root in a container without CAP_SYS_PTRACE may not read those of another account.
  if (process.platform === 'linux') return (readProc(`${pid}/cmdline`) ?? '').replaceAll('\0', ' ')
  return `${ps(pid, 'command') ?? ''} `
}

/** proc(5): after the name in parentheses, which may hold anything, come the state and, as field 22, the start in ticks. */
function linuxStart(pid: number): string | undefined {
  const stat = readProc(`${pid}/stat`)
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, ticks] = [fields?.[0], fields?.[19]]
  if (ticks === undefined || state === 'Z' || state === 'X') return undefined
  // Ticks count from boot: the same service may get the same pid at the same tick of the next one.
  return `${(readProc('sys/kernel/random/boot_id') ?? '').trim()}:${ticks}`
}

function readProc(file: string): string | undefined {
  try {
    return readFileSync(`/proc/${file}`, 'utf8')
  } catch {
    return undefined
  }
}

function ps(pid: number, column: 'lstart' | 'command'): string | undefined {
  const args = ['-ww', '-o', `${column}=`, '-p', String(pid)]
  const { status, stdout } = spawnSync('/bin/ps', args, {
    env: { LC_ALL: 'C', TZ: 'UTC' },
    encoding: 'utf8',
    timeout: PS_TIMEOUT_MS,
  })
  return status === 0 && stdout.trim() !== '' ? stdout.trim() : undefined
}
