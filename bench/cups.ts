/** A cupsd of our own with raw queues, for measurements beside it. Needs Debian's packages cups and cups-client. */
import { execFile, spawn } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { IppClient } from '../lib/delivery/ipp-client.ts'
import { toEndpoint } from '../lib/delivery/ipp-endpoint.ts'
import { statusClass } from '../lib/delivery/ipp-status.ts'
import { freePort } from '../test/helpers/free-port.ts'
import { endChild } from './child.ts'
import { makeFolder } from './folder.ts'
import { PeerMissingError, requirePrograms } from './peers.ts'
import { assertGoesOn, noteRunning } from './running.ts'

const run = promisify(execFile)
const CUPSD = '/usr/sbin/cupsd'
const START_TRIES = 400
const TRY_MS = 50

export interface Cups {
  /** As its own clients print. Resolves when the command has ended. */
  lp(queue: string, file: string): Promise<void>
  /** Print-Job over a kept connection. */
  printJob(queue: string, bytes: Uint8Array): Promise<void>
  disable(queue: string): Promise<void>
  enable(queue: string): Promise<void>
  stop(): Promise<void>
}

/** Throws PeerMissingError where there is no cupsd, or nobody may start one. */
export async function requireCups(): Promise<void> {
  await requirePrograms({
    cupsd: 'cups',
    lpadmin: 'cups-client',
    lp: 'cups-client',
    lpstat: 'cups-client',
    cupsdisable: 'cups-client',
    cupsenable: 'cups-client',
  })
  if (process.getuid?.() !== 0) throw new PeerMissingError('only root can start a cupsd')
}

/** `queues`: the port of the sink behind each, by name. After `requireCups`. */
export async function startCups(queues: Readonly<Record<string, number>>): Promise<Cups> {
  const { path: folder, remove } = await makeFolder()
  const port = await freePort()
  await writeConfiguration(folder, port)
  assertGoesOn()
  const child = spawn(
    CUPSD,
    ['-f', '-c', join(folder, 'cupsd.conf'), '-s', join(folder, 'cups-files.conf')],
    {
      stdio: 'ignore',
    },
  )
  const stopServer = noteRunning(() => endChild(child))
  const server = `127.0.0.1:${port}`
  await whenReady(server)
  for (const [queue, sink] of Object.entries(queues)) {
    const device = `socket://127.0.0.1:${sink}`
    await run('/usr/sbin/lpadmin', ['-h', server, '-p', queue, '-E', '-v', device, '-m', 'raw'])
  }
  const clients = new Map(Object.keys(queues).map((queue) => [queue, clientOf(port, queue)]))
  return {
    async lp(queue, file) {
      await run('lp', ['-h', server, '-d', queue, '-o', 'raw', file])
    },
    printJob: (queue, bytes) => print(clients.get(queue) as IppClient, bytes),
    async disable(queue) {
      await run('/usr/sbin/cupsdisable', ['-h', server, queue])
    },
    async enable(queue) {
      await run('/usr/sbin/cupsenable', ['-h', server, queue])
    },
    async stop() {
      for (const client of clients.values()) client.close()
      await stopServer()
      await remove()
    },
  }
}

async function writeConfiguration(folder: string, port: number): Promise<void> {
  for (const name of ['root', 'requests', 'cache', 'state', 'temporary']) await mkdir(join(folder, name))
  const lines = [
    `Listen 127.0.0.1:${port}`,
    'Browsing Off',
    'WebInterface No',
    'MaxJobs 0',
    'PreserveJobFiles No',
    'LogLevel none',
    '<Location />\nOrder allow,deny\nAllow all\n</Location>',
    '<Policy default>\n<Limit All>\nOrder allow,deny\nAllow all\n</Limit>\n</Policy>',
  ]
  await writeFile(join(folder, 'cupsd.conf'), `${lines.join('\n')}\n`)
  const places = {
    ServerRoot: 'root',
    RequestRoot: 'requests',
    CacheDir: 'cache',
    StateDir: 'state',
    TempDir: 'temporary',
    AccessLog: 'access.log',
    ErrorLog: 'error.log',
    PageLog: 'page.log',
  }
  const files = Object.entries(places).map(([name, place]) => `${name} ${join(folder, place)}`)
  await writeFile(join(folder, 'cups-files.conf'), `${[...files, 'SystemGroup root'].join('\n')}\n`)
}

async function whenReady(server: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const isReady = await run('lpstat', ['-h', server, '-r']).then(
      ({ stdout }) => stdout.includes('is running'),
      () => false,
    )
    if (isReady) return
    if (attempt === START_TRIES)
      throw new Error(`cupsd did not answer lpstat within ${(START_TRIES * TRY_MS) / 1000} s`)
    await delay(TRY_MS)
  }
}

function clientOf(port: number, queue: string): IppClient {
  const timeouts = { connectMs: 5_000, responseMs: 30_000, requestMs: 30_000, documentMs: 30_000 }
  const uri = `ipp://127.0.0.1:${port}/printers/${queue}`
  return new IppClient({ endpoint: toEndpoint({ type: 'ipp', uri }), timeouts })
}

async function print(client: IppClient, bytes: Uint8Array): Promise<void> {
  const job = { jobName: 'bench', userName: 'bench', mediaType: 'application/octet-stream', template: [] }
  const document = { bytes, beforeFirstByte: () => Promise.resolve(), onBytes: () => undefined }
  const { code: status } = await client.printJob(job, document, AbortSignal.timeout(30_000))
  if (statusClass(status) !== 'ok') throw new Error(`Print-Job: status 0x${status.toString(16)}`)
}
