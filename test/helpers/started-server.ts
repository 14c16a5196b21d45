import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

const ROOT = new URL('../../', import.meta.url)
const READY = /^Packhouse is ready at (\S+) /m

/** `npm start` without npm, with nothing of this process's environment that a server reads. */
export class StartedServer {
  readonly child: ChildProcess
  readonly exited: Promise<number | null>
  stdout = ''
  stderr = ''

  constructor(
    env: Readonly<Record<string, string>>,
    nodeOptions: readonly string[] = [],
    cwd: string | URL = ROOT,
  ) {
    const { PATH = '', HOME = '' } = process.env
    this.child = spawn(process.execPath, [...nodeOptions, '--import', 'tsx', 'lib/main.ts'], {
      cwd,
      env: { PATH, HOME, PORT: '0', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.child.stdout?.on('data', (chunk: Buffer) => {
      this.stdout += chunk.toString()
    })
    this.child.stderr?.on('data', (chunk: Buffer) => {
      this.stderr += chunk.toString()
    })
    this.exited = once(this.child, 'close').then(([code]) => code as number | null)
  }

  /** The address it says it is ready at. */
  ready(): Promise<string> {
    return this.says(READY)
  }

  logs(message: string): Promise<string> {
    return this.says(new RegExp(`"msg":"(${message})"`))
  }

  /** The first group of what it prints by then; no polling, since the server needs the processor to get there. */
  async says(pattern: RegExp): Promise<string> {
    const printed = this.child.stdout
    if (!printed) throw new Error('its output is not piped')
    for (let isEnded = false; ; ) {
      const found = pattern.exec(this.stdout)?.[1]
      if (found !== undefined) return found
      if (isEnded) throw new Error(`it ended without saying ${pattern}: ${this.stderr}`)
      isEnded = await Promise.race([once(printed, 'data').then(() => false), this.exited.then(() => true)])
    }
  }

  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.child.kill(signal)
    return this.exited
  }
}
