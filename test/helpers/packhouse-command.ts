import { execFile } from 'node:child_process'

const ROOT = new URL('../../', import.meta.url)

export interface Answer {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface Typed {
  readonly words: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** What stands before the command: `unshare …`. */
  readonly before?: readonly string[]
}

/** As an operator types it, with the environment of the server and nothing of this process's. */
export function runPackhouse({ words, env = {}, before = [] }: Typed): Promise<Answer> {
  const { PATH = '', HOME = '' } = process.env
  const [program = '', ...rest] = [...before, process.execPath, 'bin/packhouse.js', ...words]
  return new Promise((resolve) => {
    execFile(program, rest, { cwd: ROOT, env: { PATH, HOME, ...env } }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    )
  })
}

export const packhouse = (
  words: readonly string[],
  env?: Readonly<Record<string, string>>,
): Promise<Answer> => runPackhouse({ words, ...(env && { env }) })
