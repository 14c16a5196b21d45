import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import type { Context } from 'mocha'

import { IppClient } from '../../lib/delivery/ipp-client.ts'
import { toEndpoint } from '../../lib/delivery/ipp-endpoint.ts'
import { freePort } from './free-port.ts'
import { requirePeer } from './peers.ts'

const READY_WITHIN_MS = 10_000
const STOP_WITHIN_MS = 5_000
const TIMEOUTS = { connectMs: 1_000, responseMs: 5_000, requestMs: 5_000, documentMs: 30_000 }

export interface IppPrinterOptions {
  readonly formats?: readonly string[]
  /** Body of a shell script that prints a job: `$1` is the file, `$FOLDER` the printer's own folder. Default: `exit 0`. */
  readonly script?: string
}

export interface IppPrinter {
  readonly uri: string
  readonly secureUri: string
  /** For files that the script writes. */
  readonly folder: string
  readonly client: IppClient
  /** PEM of the self-signed certificate, which is made on the first use of TLS. */
  certificate(): Promise<string>
  /** Sheets in the first tray: 0 is out of paper. */
  loadPaper(sheets: number): Promise<void>
  /** What was printed, in the order of arrival. */
  documents(): Promise<Buffer[]>
  close(): Promise<void>
}

/** CUPS's ippeveprinter on a free loopback port, with a message bus of its own. Skips the test where it is missing. */
export async function startIppPrinter(
  context: Context,
  options: IppPrinterOptions = {},
): Promise<IppPrinter> {
  requirePeer(context, 'ippeveprinter', 'cups-ipp-utils')
  requirePeer(context, 'dbus-daemon', 'dbus')
  const folder = await mkdtemp(join(tmpdir(), 'packhouse-ipp-'))
  const children: ChildProcess[] = []
  try {
    const bus = await startBus(children)
    const port = await freePort()
    const printer = spawn('ippeveprinter', await printerArguments(folder, port, options), {
      env: { ...process.env, DBUS_SYSTEM_BUS_ADDRESS: bus },
      stdio: 'ignore',
    })
    children.push(printer)
    return await ready(folder, port, children)
  } catch (error) {
    await stop(children, folder)
    throw error
  }
}

/** ippeveprinter refuses to start without DNS-SD, which wants a bus and is content with an empty one. */
async function startBus(children: ChildProcess[]): Promise<string> {
  const bus = spawn('dbus-daemon', ['--session', '--nofork', '--print-address=1'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  children.push(bus)
  const lines = createInterface({ input: bus.stdout })
  const [address] = (await once(lines, 'line', { signal: AbortSignal.timeout(READY_WITHIN_MS) })) as [string]
  lines.close()
  return address
}

async function printerArguments(folder: string, port: number, options: IppPrinterOptions): Promise<string[]> {
  const { formats = ['application/pdf', 'image/jpeg'], script = 'exit 0' } = options
  const command = join(folder, 'print')
  await writeFile(command, `#!/bin/sh\nFOLDER='${folder}'\n${script}\n`, { mode: 0o755 })
  await mkdir(join(folder, 'spool'))
  await mkdir(join(folder, 'tls'))
  return [
    ...['-r', 'off', '-n', 'localhost', '-p', String(port), '-2', '-s', '20,10'],
    ...['-K', join(folder, 'tls'), '-k', '-d', join(folder, 'spool')],
    ...['-f', formats.join(), '-c', command, 'Laser'],
  ]
}

async function ready(folder: string, port: number, children: ChildProcess[]): Promise<IppPrinter> {
  const uri = `ipp://localhost:${port}/ipp/print`
  const client = new IppClient({ endpoint: toEndpoint({ type: 'ipp', uri }), timeouts: TIMEOUTS })
  const deadline = Date.now() + READY_WITHIN_MS
  for (;;) {
    try {
      await client.getPrinterAttributes(['printer-state'])
      break
    } catch (error) {
      if (Date.now() > deadline) throw error
      await pause(20)
    }
  }
  return {
    uri,
    secureUri: uri.replace('ipp:', 'ipps:'),
    folder,
    client,
    certificate: () => certificateIn(join(folder, 'tls')),
    loadPaper: (sheets) => loadPaper(port, sheets),
    documents: () => documentsIn(join(folder, 'spool')),
    close: async () => {
      client.close()
      await stop(children, folder)
    },
  }
}

async function certificateIn(folder: string): Promise<string> {
  const name = (await readdir(folder)).find((file) => file.endsWith('.crt'))
  return name === undefined ? '' : readFile(join(folder, name), 'utf8')
}

/** The form of its web page. */
async function loadPaper(port: number, sheets: number): Promise<void> {
  const tray = `size1=na_letter_8.5x11in&type1=stationery&level1=${sheets}`
  const other = `size2=na_index-4x6_4x6in&type2=photographic-glossy&level2=${sheets}`
  const answer = await fetch(`http://localhost:${port}/media?${tray}&${other}`)
  await answer.arrayBuffer()
}

/** `<id>-<job name>.<extension>`; an empty `.prn` lies beside each. */
async function documentsIn(folder: string): Promise<Buffer[]> {
  const names = (await readdir(folder)).filter((name) => !name.endsWith('.prn'))
  names.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
  return Promise.all(names.map((name) => readFile(join(folder, name))))
}

async function stop(children: readonly ChildProcess[], folder: string): Promise<void> {
  for (const child of children) {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) continue
    const exited = once(child, 'exit')
    const killer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS)
    child.kill()
    await exited
    clearTimeout(killer)
  }
  await rm(folder, { recursive: true, force: true })
}
