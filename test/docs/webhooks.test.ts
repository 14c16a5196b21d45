import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { EVENT_TYPES } from '../../lib/webhooks/event.ts'
import { eventually } from '../helpers/eventually.ts'
import { freePort } from '../helpers/free-port.ts'
import { blocksOf } from '../helpers/markdown-blocks.ts'
import { requirePeer } from '../helpers/peers.ts'
import { openWebhookWorkspace, type WebhookWorkspace } from '../webhooks/webhook-fixtures.ts'

const SECRET = `whsec_${Buffer.alloc(32, 3).toString('base64')}`

/** Each as the document says that it is started. */
const RECEIVERS = [
  {
    language: 'js',
    file: 'receiver.mjs',
    command: (file: string, port: number) => ['node', file, String(port)],
    peer: null,
  },
  {
    language: 'python',
    file: 'receiver.py',
    command: (file: string, port: number) => ['python3', file, String(port)],
    peer: 'python3',
  },
  {
    language: 'php',
    file: 'receiver.php',
    command: (file: string, port: number) => ['php', '-S', `127.0.0.1:${port}`, file],
    peer: 'php-cli',
  },
] as const

describe('docs/webhooks.md', () => {
  let guide: string
  let folder: string
  let workspace: WebhookWorkspace
  let children: ChildProcess[]

  before(async () => {
    guide = await readFile(new URL('../../docs/webhooks.md', import.meta.url), 'utf8')
    folder = await mkdtemp(join(tmpdir(), 'packhouse-receivers-'))
    workspace = await openWebhookWorkspace()
    children = []
  })
  after(async () => {
    for (const child of children) {
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    }
    await workspace.stop()
    await rm(folder, { recursive: true, force: true })
  })

  async function start(command: readonly string[], port: number): Promise<void> {
    const [program = '', ...args] = command
    const env = { ...process.env, WEBHOOK_SECRET: SECRET }
    children.push(spawn(program, args, { env, stdio: 'ignore' }))
    await eventually(`${program} listens`, () =>
      fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: '{}' }).then(
        ({ status }) => (status === 400 ? true : undefined),
        () => undefined,
      ),
    )
  }

  const firstAttempt = (webhookId: string) =>
    eventually('an attempt is recorded', async () => (await workspace.deliveries(webhookId))[0]?.attempts[0])

  for (const { language, file, command, peer } of RECEIVERS) {
    it(`has a receiver in ${language} that takes what is genuine and nothing else`, async function () {
      if (peer !== null) requirePeer(this, command('', 0)[0] ?? '', peer)
      const [source = ''] = blocksOf(guide, language)
      const path = join(folder, file)
      await writeFile(path, `${source}\n`)
      const port = await freePort()
      await start(command(path, port), port)
      const url = `http://127.0.0.1:${port}/`
      const genuine = await workspace.subscribe(['order.created'], { url, secret: SECRET })
      const forged = await workspace.subscribe(['order.created'], { url })
      const rotated = await workspace.subscribe(['order.created'], { url, secret: SECRET })
      await workspace.admin.post(`/v1/webhooks/${rotated.id}`, {
        secret: `whsec_${Buffer.alloc(24, 9).toString('base64')}`,
      })
      await workspace.newOrder(`D-${language}`)
      expect((await firstAttempt(genuine.id)).status_code).to.equal(204)
      expect((await firstAttempt(rotated.id)).status_code).to.equal(204)
      expect((await firstAttempt(forged.id)).status_code).to.equal(400)
      for (const { id } of [genuine, forged, rotated]) await workspace.admin.delete(`/v1/webhooks/${id}`)
    })
  }

  it('names every topic', () => {
    // `order_instruction.created`, `.edited` … says the family once.
    const rows = guide.split('\n').filter((line) => /^\| `[a-z_]+\./.test(line))
    const told = rows.flatMap((row) => {
      const names = [...(row.split('|')[1] ?? '').matchAll(/`([a-z_.]+)`/g)].map(([, name = '']) => name)
      const family = (names[0] ?? '').replace(/\.[^.]+$/, '')
      return names.map((name) => (name.startsWith('.') ? family + name : name))
    })
    expect(told).to.have.members([...EVENT_TYPES])
  })
})
