import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Knex } from 'knex'
import { cloneDatabase } from '../helpers/database.ts'
import { eventually } from '../helpers/eventually.ts'
import { type Credentials, readCredentials } from '../helpers/server.ts'

const START_MS = 60_000
/** Of pino: 50 is `error`. */
const ERROR_LEVEL = 50
const HEALTH_MS = 20_000
/** Well above the time that it lets its printers end; one that hangs is ended. */
const STOP_MS = 40_000

/** The server as an operator starts it, in a process of its own, whose log is read. */
export interface Subject {
  readonly url: string
  readonly credentials: Credentials
  readonly dataDir: string
  readonly db: Knex
  /** In MiB, of the whole process. */
  residentMib(): Promise<number>
  /** Throws when the process has ended, has logged an error, or doesn't answer at `/healthz`. */
  assertSound(): Promise<void>
  /** Throws where an answer holds a key that was given to somebody. */
  assertDiscreet(text: string): void
  /** Waits for each of them, also when one fails, so that the next case isn't blamed for what these do to the server. */
  allEnded<T>(doings: readonly Promise<T>[]): Promise<readonly T[]>
  stop(): Promise<void>
}

export async function startSubject(env: Readonly<Record<string, string>> = {}): Promise<Subject> {
  const database = await cloneDatabase()
  const dataDir = await mkdtemp(join(tmpdir(), 'packhouse-fuzz-'))
  const child = spawn(process.execPath, ['--import', 'tsx', 'lib/main.ts'], {
    env: {
      PATH: process.env['PATH'],
      NODE_OPTIONS: '--trace-warnings',
      PORT: '0',
      DATABASE_URL: database.url,
      DATA_DIR: dataDir,
      DEMO: 'true',
      LOG_LEVEL: 'warn',
      RPC_RATE_LIMIT: '0',
      RPC_CONCURRENCY: '0',
      REST_RATE_LIMIT: '0',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const log = readLog(child)
  const url = await eventually('the server starts', () => log.url ?? log.assertQuiet(), START_MS)
  const isHealthy = async (): Promise<void> => {
    const reply = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(HEALTH_MS) })
    if (reply.status !== 200) throw new Error(`/healthz answers ${reply.status}`)
  }
  const credentials = await readCredentials(dataDir)
  const keys = keysIn(credentials)
  return {
    url,
    credentials,
    dataDir,
    db: database.db,
    residentMib: () => residentMibOf(child.pid ?? 0),
    async assertSound() {
      log.assertQuiet()
      await isHealthy()
    },
    assertDiscreet(text) {
      if (keys.some((key) => text.includes(key))) throw new Error(`an answer holds a key: ${text}`)
    },
    async allEnded(doings) {
      await Promise.allSettled(doings)
      try {
        return await Promise.all(doings)
      } catch (error) {
        // The answer comes after what is already in the log.
        await isHealthy().catch(() => undefined)
        log.forget()
        throw error
      }
    },
    async stop() {
      const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : null
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
      const [code] = (await ended) ?? [child.exitCode]
      clearTimeout(timer)
      await database.drop()
      await rm(dataDir, { recursive: true, force: true })
      log.assertQuiet()
      if (code !== 0) throw new Error(`the server ended with ${String(code)}`)
    },
  }
}

/** Those parts share it whose requests take nothing away from each other: a start is seconds of a core. */
let shared: Promise<Subject> | undefined

/** Printers may have any port; what listens on 127.0.0.2 stands for the world outside. */
export function sharedSubject(): Promise<Subject> {
  shared ??= startSubject({ PRINTER_PORTS: '1-65535', EGRESS_ALLOW: OUTSIDE_ADDRESS })
  return shared
}

export const OUTSIDE_ADDRESS = '127.0.0.2'

/** With a failure where it has complained since the last look, or doesn't end well. */
export async function stopSharedSubject(): Promise<void> {
  await (await shared)?.stop()
}

interface ServerLog {
  readonly url: string | undefined
  /** Throws with the first line that tells of a defect. */
  assertQuiet(): undefined
  /** What it complained of so far is told by something else. */
  forget(): void
}

function readLog(child: ChildProcess): ServerLog {
  const complaints: string[] = []
  let url: string | undefined
  const { stdout, stderr } = child
  if (!stdout || !stderr) throw new Error('the output of the server is piped')
  createInterface({ input: stdout }).on('line', (line) => {
    url ??= /^Packhouse is ready at (\S+)/.exec(line)?.[1]
    if (isError(line)) complaints.push(line)
  })
  createInterface({ input: stderr }).on('line', (line) => complaints.push(line))
  return {
    get url() {
      return url
    },
    forget() {
      complaints.length = 0
    },
    assertQuiet() {
      if (complaints.length > 0)
        // Each is told once: the case that is judged next isn't to blame for it.
        throw new Error(`the server complains: ${complaints.splice(0).slice(0, 12).join('\n')}`)
      if (child.exitCode !== null && child.exitCode !== 0) {
        throw new Error(`the server ended with ${child.exitCode}`)
      }
      if (child.signalCode !== null) throw new Error(`the server was ended by ${child.signalCode}`)
    },
  }
}

function isError(line: string): boolean {
  if (!line.startsWith('{')) return false
  const { level = 0 } = JSON.parse(line) as { readonly level?: number }
  return level >= ERROR_LEVEL
}

function keysIn(credentials: Credentials): readonly string[] {
  const holders = Object.values(credentials) as readonly (string | { readonly api_key: string })[]
  return holders.flatMap((holder) => (typeof holder === 'string' ? [] : [holder.api_key]))
}

async function residentMibOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1_024
}
