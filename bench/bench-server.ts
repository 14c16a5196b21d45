/** Packhouse on a PostgreSQL of its own, as a child process with the product's defaults but for its rate limits. */
import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type pg from 'pg'
import { pino } from 'pino'
import { startEmbeddedPostgres } from '../lib/db/embedded-postgres.ts'
import type { BareOptions } from './bare-server.ts'
import { endChild } from './child.ts'
import { makeFolder } from './folder.ts'
import { assertGoesOn, noteRunning } from './running.ts'

export interface BenchDatabase {
  readonly connection: pg.PoolConfig
  readonly env: Readonly<Record<string, string>>
  readonly dataDir: string
  stop(): Promise<void>
}

export async function startBenchDatabase(): Promise<BenchDatabase> {
  const { path: dataDir, remove } = await makeFolder()
  const starting = startEmbeddedPostgres({ dataDir, log: pino({ level: 'silent' }) })
  // Noted before it runs: whoever breaks off meanwhile waits for it, and stops it.
  const stopServer = noteRunning(async () => {
    const started = await starting.catch(() => null)
    await started?.stop()
  })
  const server = await starting
  const { host, port, user, database } = server.connection
  return {
    connection: server.connection,
    dataDir,
    env: {
      PATH: process.env['PATH'] ?? '',
      PORT: '0',
      DATA_DIR: dataDir,
      DATABASE_URL: `postgres://${user}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`,
      DEMO: 'true',
      PRINTER_PORTS: '1-65535',
      RPC_RATE_LIMIT: '0',
      RPC_CONCURRENCY: '0',
      REST_RATE_LIMIT: '0',
    },
    async stop() {
      await stopServer()
      await remove()
    },
  }
}

export interface RunningChild {
  readonly baseUrl: string
  readonly pid: number
  /** Resolves with the code or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>
  stop(): Promise<void>
}

/** Of what it prints before it is ready. */
const PRINTED_LENGTH_MAX = 100_000
const READY = /^Packhouse is ready at (\S+) /m

export interface PackhouseProcessOptions {
  readonly nodeOptions?: readonly string[]
  /** Gets what it writes to its standard output; absent: that goes nowhere. */
  onOutput?(text: string): void
}

/** `npm start`. */
export async function startPackhouseProcess(
  env: Readonly<Record<string, string>>,
  { nodeOptions = [], onOutput }: PackhouseProcessOptions = {},
): Promise<RunningChild> {
  assertGoesOn()
  const child = spawn(
    process.execPath,
    [...nodeOptions, '--import', 'tsx', fileURLToPath(new URL('../lib/main.ts', import.meta.url))],
    {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const stop = noteRunning(() => endChild(child))
  let printed = ''
  let isReady = false
  const baseUrl = await new Promise<string>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`Packhouse ended with ${code}: ${printed.slice(-500)}`)))
    child.stdout.on('data', (chunk: Buffer) => {
      const text = chunk.toString()
      onOutput?.(text)
      if (isReady || printed.length >= PRINTED_LENGTH_MAX) return
      printed += text
      const url = READY.exec(printed)?.[1]
      isReady = url !== undefined
      if (url !== undefined) resolve(url)
    })
  })
  return { baseUrl, pid: child.pid ?? 0, ended: endOf(child), stop }
}

export async function startBareServer(options: BareOptions): Promise<RunningChild> {
  assertGoesOn()
  const child = fork(fileURLToPath(new URL('./bare-server.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx'],
    env: { PATH: process.env['PATH'], NODE_ENV: 'production' },
  })
  const stop = noteRunning(() => endChild(child))
  child.send(options)
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('the bare server ended')))
  const [{ port }] = (await Promise.race([once(child, 'message'), ended])) as [{ port: number }]
  return { baseUrl: `http://127.0.0.1:${port}`, pid: child.pid ?? 0, ended: endOf(child), stop }
}

async function endOf(child: ChildProcess): Promise<number | NodeJS.Signals | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return child.exitCode ?? child.signalCode
}

export interface BenchCredentials {
  readonly rpc: { readonly username: string; readonly api_key: string }
  readonly packer: { readonly username: string; readonly api_key: string }
  readonly admin: { readonly api_key: string }
  readonly location_id: string
  readonly station_id: string
}

export async function readBenchCredentials(dataDir: string): Promise<BenchCredentials> {
  return JSON.parse(await readFile(join(dataDir, 'credentials.json'), 'utf8')) as BenchCredentials
}
