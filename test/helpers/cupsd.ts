import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Context } from 'mocha'
import { eventually } from './eventually.ts'
import { freePort } from './free-port.ts'
import { requirePeer } from './peers.ts'

const run = promisify(execFile)
const STOP_WITHIN_MS = 5_000

export interface CupsServer {
  /** A queue that hands what it gets to that raw TCP printer, byte for byte. */
  addQueue(name: string, sink: { readonly host: string; readonly port: number }): Promise<string>
  /** Its queue goes on taking jobs and prints none. */
  disable(name: string, reason: string): Promise<void>
  enable(name: string): Promise<void>
  /** It takes no further jobs. */
  reject(name: string, reason: string): Promise<void>
  accept(name: string): Promise<void>
  close(): Promise<void>
}

export interface CupsOptions {
  /** Who alone may print, as he proves by Basic. Takes the right to mount. */
  readonly only?: { readonly username: string; readonly password: string }
}

/** CUPS's own server on a free loopback port, with all of its files in a folder of its own. It drops root itself, and so wants it. */
export async function startCups(context: Context, { only }: CupsOptions = {}): Promise<CupsServer> {
  requirePeer(context, 'cupsd', 'cups')
  requirePeer(context, 'lpadmin', 'cups-client')
  if (process.getuid?.() !== 0) context.skip()
  if (only && spawnSync('unshare', ['--mount', 'true']).status !== 0) {
    console.log('      skipped: a CUPS with users of its own takes the right to mount')
    context.skip()
  }
  const folder = await mkdtemp(join(tmpdir(), 'packhouse-cups-'))
  // Its backends run as another user.
  await chmod(folder, 0o755)
  const port = await freePort()
  await writeConfiguration(folder, port, only !== undefined)
  const start = ['cupsd', '-f', '-c', join(folder, 'cupsd.conf'), '-s', join(folder, 'cups-files.conf')]
  const [program = '', ...rest] = only ? await withUser(folder, only, start) : start
  const child = spawn(program, rest, { stdio: 'ignore' })
  const server = `127.0.0.1:${port}`
  const ask = (program: string, ...rest: string[]) => run(program, ['-h', server, ...rest])
  try {
    await eventually('cupsd answers', async () => {
      const answer = await fetch(`http://${server}/`).catch(() => undefined)
      await answer?.arrayBuffer()
      return answer
    })
  } catch (error) {
    await stop(child, folder)
    throw error
  }
  return {
    async addQueue(name, sink) {
      await ask('lpadmin', '-p', name, '-E', '-v', `socket://${sink.host}:${sink.port}`, '-m', 'raw')
      return `ipp://${server}/printers/${name}`
    },
    disable: async (name, reason) => void (await ask('cupsdisable', '-r', reason, name)),
    enable: async (name) => void (await ask('cupsenable', name)),
    reject: async (name, reason) => void (await ask('cupsreject', '-r', reason, name)),
    accept: async (name) => void (await ask('cupsaccept', name)),
    close: () => stop(child, folder),
  }
}

/** The command in a mount namespace in which CUPS's passwords are judged by a script: the system's are none of ours. */
async function withUser(
  folder: string,
  { username, password }: NonNullable<CupsOptions['only']>,
  command: readonly string[],
): Promise<string[]> {
  const script = join(folder, 'judge')
  const judge = `#!/bin/sh\nread -r given\n[ "$PAM_USER" = '${username}' ] && [ "$given" = '${password}' ]\n`
  await writeFile(script, judge, { mode: 0o755 })
  const rules = join(folder, 'pam')
  const judged = `auth required pam_exec.so expose_authtok quiet ${script}`
  await writeFile(rules, `${judged}\naccount required pam_permit.so\n`)
  const mount = 'mount --bind "$1" /etc/pam.d/cups && shift && exec "$@"'
  return ['unshare', '--mount', 'sh', '-c', mount, 'sh', rules, ...command]
}

const FOR_USERS_ALONE = [
  '<Limit Validate-Job Create-Job Print-Job Send-Document Cancel-Job>',
  'AuthType Basic',
  'Require valid-user',
  'Order allow,deny',
  'Allow all',
  '</Limit>',
]

async function writeConfiguration(folder: string, port: number, isForUsers: boolean): Promise<void> {
  const place = (name: string): string => join(folder, name)
  for (const name of ['root', 'spool', 'cache', 'state', 'temporary'])
    await mkdir(place(name), { mode: 0o755 })
  const files = [
    `ServerRoot ${place('root')}`,
    `RequestRoot ${place('spool')}`,
    `CacheDir ${place('cache')}`,
    `StateDir ${place('state')}`,
    `TempDir ${place('temporary')}`,
    ...['AccessLog', 'ErrorLog', 'PageLog'].map((log) => `${log} ${place(log)}`),
  ]
  const rules = [
    `Listen 127.0.0.1:${port}`,
    'Browsing Off',
    'WebInterface No',
    'LogLevel warn',
    '<Location />',
    'Order allow,deny',
    'Allow all',
    '</Location>',
    '<Policy default>',
    ...(isForUsers ? FOR_USERS_ALONE : []),
    '<Limit All>',
    'Order allow,deny',
    'Allow all',
    '</Limit>',
    '</Policy>',
  ]
  await writeFile(place('cups-files.conf'), `${files.join('\n')}\n`)
  await writeFile(place('cupsd.conf'), `${rules.join('\n')}\n`)
}

async function stop(child: ChildProcess, folder: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit')
    const killer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS)
    child.kill()
    await exited
    clearTimeout(killer)
  }
  await rm(folder, { recursive: true, force: true })
}
