import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import type { EmbeddedPostgres } from '../../lib/db/embedded-postgres.ts'
import { identifyProcess, isRunning } from '../../lib/processes/process-identity.ts'

type Connection = EmbeddedPostgres['connection']

/** A folder that every account can pass, as the database's must when the tests run as root. */
export function makeReachableFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'embedded-test-'))
  chmodSync(folder, 0o755)
  return folder
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}

/** Makes `file`, which we wrote as root perhaps, look as if the owner of `folder` had written it. */
export function giveToOwnerOf(folder: string, file: string): void {
  const { uid, gid } = statSync(folder)
  if (process.getuid?.() === 0) chownSync(file, uid, gid)
}

/** The first column of the first row. */
export async function query(connection: Connection, sql: string): Promise<unknown> {
  const client = new pg.Client({ ...connection, ssl: false })
  await client.connect()
  try {
    const { rows } = await client.query<unknown[]>({ text: sql, rowMode: 'array' })
    return rows[0]?.[0]
  } finally {
    await client.end()
  }
}

/** 0 where no server runs. */
export function postmasterPid(dataDir: string): number {
  const file = path.join(dataDir, 'postgres/postmaster.pid')
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : 0
}

/** A live process of the account that owns `folder`, other than the database. */
export async function startBystander(folder: string): Promise<ChildProcess> {
  const { uid, gid } = statSync(folder)
  const bystander = spawn('sleep', ['60'], { cwd: '/', stdio: 'ignore', uid, gid })
  await once(bystander, 'spawn')
  return bystander
}

/** Kills a process that need not be ours to wait for, and returns when it has ended. */
export async function killUntilGone(pid: number): Promise<void> {
  const identity = pid > 0 ? identifyProcess(pid) : undefined
  if (identity === undefined) return
  process.kill(pid, 'SIGKILL')
  for (let polls = 0; isRunning(identity) && polls < 500; polls++) await sleep(10)
}

export interface Started {
  readonly child: ChildProcess
  readonly connection?: Connection
  readonly refusal?: string
}

/** Starts a process that starts the database, and returns when it has or was refused. */
export async function startInChild(dataDir: string): Promise<Started> {
  const script = fileURLToPath(new URL('./embedded-child.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', script, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  return { child, ...(JSON.parse(line) as Omit<Started, 'child'>) }
}

export async function killChild({ child }: Started): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}
