import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Context } from 'mocha'
import { eventually } from './eventually.ts'
import { freePort } from './free-port.ts'
import { requirePeer } from './peers.ts'

export interface PgBouncer {
  /** Of the database, through it. */
  readonly url: string
  close(): Promise<void>
}

export interface PgBouncerOptions {
  readonly mode: 'session' | 'transaction' | 'statement'
  /** Further lines of its section [pgbouncer]. */
  readonly settings?: readonly string[]
}

const NOBODY = 65_534

/** Debian's PgBouncer in front of the database of that URL, on a free loopback port. */
export async function startPgBouncer(
  context: Context,
  databaseUrl: string,
  { mode, settings = [] }: PgBouncerOptions,
): Promise<PgBouncer> {
  requirePeer(context, 'pgbouncer', 'pgbouncer')
  const url = new URL(databaseUrl)
  const host = url.searchParams.get('host') ?? url.hostname
  const folder = await mkdtemp(join(tmpdir(), 'packhouse-pgbouncer-'))
  await chmod(folder, 0o755)
  const port = await freePort()
  const file = join(folder, 'pgbouncer.ini')
  await writeFile(
    file,
    [
      '[databases]',
      `* = host=${host} port=${url.port || '5432'} user=${url.username}`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${port}`,
      'unix_socket_dir =',
      'auth_type = any',
      `pool_mode = ${mode}`,
      'default_pool_size = 30',
      ...settings,
      '',
    ].join('\n'),
  )
  const child = spawn('pgbouncer', [file], {
    stdio: ['ignore', 'ignore', 'pipe'],
    ...(await accountFor(host)),
  })
  const exited = once(child, 'exit')
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  const close = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
    await exited
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await eventually('pgbouncer listens', () => {
      if (child.exitCode !== null) throw new Error(`pgbouncer ended: ${said}`)
      return isListening(port)
    })
  } catch (error) {
    await close()
    throw error
  }
  return { url: `postgres://${url.username}@127.0.0.1:${port}${url.pathname}`, close }
}

/** It refuses root; the embedded server's socket is for its own account alone. */
async function accountFor(host: string): Promise<{ readonly uid?: number; readonly gid?: number }> {
  if (process.getuid?.() !== 0) return {}
  if (!host.startsWith('/')) return { uid: NOBODY, gid: NOBODY }
  const { uid, gid } = await stat(host)
  return { uid, gid }
}

function isListening(port: number): Promise<true | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(undefined))
  })
}
