import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { eventually } from './eventually.ts'

const LAUNCHER = fileURLToPath(new URL('../../bin/packhouse-station.js', import.meta.url))

/** A folder for a station client's configuration and journal, and the clients that run with it. */
export interface StationFolder {
  readonly stateDir: string
  start(): StationProcess
  remove(): Promise<void>
}

export interface StationProcess {
  readonly process: ChildProcess
  /** Everything it has written, standard error too. */
  readonly lines: readonly string[]
  /** Resolves with the first line that has this in it. */
  said(text: string): Promise<string>
  /** Resolves with the signal or the code that ended it. */
  readonly ended: Promise<NodeJS.Signals | number>
}

/** `config` without its `state_dir`, or the text of a file that is none. */
export async function aStationFolder(config: object | string): Promise<StationFolder> {
  const stateDir = await mkdtemp(join(tmpdir(), 'packhouse-station-'))
  const path = join(stateDir, 'station.json')
  const text = typeof config === 'string' ? config : JSON.stringify({ state_dir: stateDir, ...config })
  await writeFile(path, text)
  const children: ChildProcess[] = []
  return {
    stateDir,
    start() {
      const started = runStationClient([path])
      children.push(started.process)
      return started
    },
    async remove() {
      for (const child of children) {
        if (child.exitCode !== null || child.signalCode !== null) continue
        child.kill('SIGKILL')
        await once(child, 'exit')
      }
      await rm(stateDir, { recursive: true, force: true })
    },
  }
}

/** As an operator runs it, without a shell. */
export function runStationClient(args: readonly string[]): StationProcess {
  const child = spawn(process.execPath, [LAUNCHER, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] },
  })
  const lines: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => lines.push(line))
  }
  return {
    process: child,
    lines,
    said: (text) =>
      eventually(`the client says ${text}`, () => lines.find((line) => line.includes(text))).catch(
        (error: unknown) => {
          throw new Error(`${String(error)}; it said:\n${lines.join('\n')}`)
        },
      ),
    ended: once(child, 'close').then(([code, signal]) => (signal ?? code) as NodeJS.Signals | number),
  }
}
