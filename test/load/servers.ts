/** Server processes on one database, as an operator starts them, watched by what they write. */
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type RunningChild, startPackhouseProcess } from '../../bench/bench-server.ts'
import { type Collected, ServerLog } from './server-log.ts'

export interface LoadServer {
  readonly baseUrl: string
  readonly pid: number
  readonly log: ServerLog
  /** Collects its garbage. Null when it doesn't say so in time. */
  collect(): Promise<Collected | null>
}

export interface LoadServers {
  readonly all: readonly LoadServer[]
  readonly baseUrls: readonly string[]
  /** Rejects when one of them ends by itself. */
  readonly broken: Promise<never>
  stop(): Promise<void>
}

export interface LoadServersOptions {
  readonly env: Readonly<Record<string, string>>
  readonly count: number
  readonly profileDir: string | null
}

const COLLECT_MS = 10_000

/** The first alone, since it migrates and seeds. */
export async function startServers({ env, count, profileDir }: LoadServersOptions): Promise<LoadServers> {
  const profiling = profileDir === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDir}`]
  const collecting = ['--import', pathOf('./collect-garbage.mjs')]
  const children: RunningChild[] = []
  const all: LoadServer[] = []
  for (let number = 0; number < count; number += 1) {
    const log = new ServerLog()
    const child = await startPackhouseProcess(env, {
      nodeOptions: [...profiling, ...collecting],
      onOutput: (text) => log.take(text),
    })
    children.push(child)
    all.push({ baseUrl: child.baseUrl, pid: child.pid, log, collect: () => collect(child.pid, log) })
  }
  let isStopping = false
  const broken = Promise.race(children.map(({ ended }) => ended)).then((how) => {
    if (isStopping) return new Promise<never>(() => undefined)
    throw new Error(`a server ended by itself with ${how}`)
  })
  broken.catch(() => undefined)
  return {
    all,
    baseUrls: all.map(({ baseUrl }) => baseUrl),
    broken,
    async stop() {
      isStopping = true
      await Promise.all(children.map((child) => child.stop()))
    },
  }
}

function pathOf(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url))
}

async function collect(pid: number, log: ServerLog): Promise<Collected | null> {
  const collected = log.nextCollected()
  process.kill(pid, 'SIGUSR2')
  return Promise.race([collected, delay(COLLECT_MS, null, { ref: false })])
}
