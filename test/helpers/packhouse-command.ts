import { execFile } from 'node:child_process'

const ROOT = new URL('../../', import.meta.url)

export interface CommandAnswer {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** As an operator types it, with the environment of the server and nothing of this process's. */
export function packhouse(
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CommandAnswer> {
  const { PATH = '', HOME = '' } = process.env
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['bin/packhouse.js', ...words],
      { cwd: ROOT, env: { PATH, HOME, ...env } },
      (error, stdout, stderr) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    )
  })
}
