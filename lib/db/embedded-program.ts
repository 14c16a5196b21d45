import { type ExecFileException, execFile } from 'node:child_process'
import type { DatabaseAccount } from './embedded-account.ts'

export interface ProgramResult {
  /** Why it failed, `ENOENT` or `exit code 1`; undefined when it succeeded. */
  readonly fault: string | undefined
  /** The end of what it wrote. */
  readonly output: string
}

const OUTPUT_BYTES_MAX = 1024 * 1024
const OUTPUT_KEPT = 4 * 1024

/**
 * The database's programs see nothing of our environment: LANG must not choose its encoding, nor PGDATA its place.
 * The system's time zone must not reach its clock either.
 */
export const PROGRAM_ENVIRONMENT = { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' } as const

/** A folder that every account may enter: the one we were started in may be closed to the database's account. */
export const PROGRAM_FOLDER = '/'

/** How spawn() says which account to run as. */
export function asAccount(account: DatabaseAccount | undefined): { uid?: number; gid?: number } {
  return account === undefined ? {} : { uid: account.uid, gid: account.gid }
}

/** Runs one of the database's programs to its end and never throws. */
export function runProgram(
  file: string,
  args: readonly string[],
  options: { account: DatabaseAccount | undefined; timeoutMs: number },
): Promise<ProgramResult> {
  return new Promise((resolve) => {
    const spawnOptions = {
      ...asAccount(options.account),
      cwd: PROGRAM_FOLDER,
      env: PROGRAM_ENVIRONMENT,
      timeout: options.timeoutMs,
      killSignal: 'SIGKILL' as const,
      maxBuffer: OUTPUT_BYTES_MAX,
    }
    execFile(file, args, spawnOptions, (error, stdout, stderr) => {
      const output = `${stdout}${stderr}`.slice(-OUTPUT_KEPT).trim()
      resolve({ fault: error === null ? undefined : faultOf(error, options.timeoutMs), output })
    })
  })
}

function faultOf(error: ExecFileException, timeoutMs: number): string {
  if (error.killed) return `no end after ${timeoutMs} ms`
  if (typeof error.code === 'string') return error.code
  return error.signal ? `ended by ${error.signal}` : `exit code ${error.code ?? 'unknown'}`
}
