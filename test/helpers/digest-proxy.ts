import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Context } from 'mocha'
import { eventually } from './eventually.ts'
import { freePort } from './free-port.ts'
import { requirePeer } from './peers.ts'

export interface DigestProxy {
  readonly port: number
  close(): Promise<void>
}

const HASHES = { MD5: 'md5', 'SHA-256': 'sha256' } as const

/** lighttpd in front of a printer's port: who can't prove by Digest that he is `username` doesn't get there. */
export async function startDigestProxy(
  context: Context,
  guard: {
    readonly printerPort: number
    readonly algorithm: keyof typeof HASHES
    readonly username: string
    readonly password: string
  },
): Promise<DigestProxy> {
  requirePeer(context, 'lighttpd', 'lighttpd')
  const folder = await mkdtemp(join(tmpdir(), 'packhouse-digest-'))
  const port = await freePort()
  const { username, password, algorithm, printerPort } = guard
  const secret = createHash(HASHES[algorithm]).update(`${username}:print:${password}`).digest('hex')
  await writeFile(join(folder, 'users'), `${username}:print:${secret}\n`)
  await writeFile(
    join(folder, 'lighttpd.conf'),
    [
      'server.modules = ("mod_auth", "mod_authn_file", "mod_proxy")',
      `server.document-root = "${folder}"`,
      `server.errorlog = "${join(folder, 'errors')}"`,
      'server.bind = "127.0.0.1"',
      `server.port = ${port}`,
      'auth.backend = "htdigest"',
      `auth.backend.htdigest.userfile = "${join(folder, 'users')}"`,
      `auth.require = ("/" => ("method" => "digest", "realm" => "print", "algorithm" => "${algorithm}", "require" => "valid-user"))`,
      `proxy.server = ("" => (("host" => "127.0.0.1", "port" => ${printerPort})))`,
      '',
    ].join('\n'),
  )
  const child = spawn('lighttpd', ['-D', '-f', join(folder, 'lighttpd.conf')], { stdio: 'ignore' })
  const close = async (): Promise<void> => {
    await ended(child)
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await eventually('lighttpd answers', async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined)
      await answer?.arrayBuffer()
      return answer
    })
  } catch (error) {
    await close()
    throw error
  }
  return { port, close }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}
