import { networkInterfaces } from 'node:os'
import { fileURLToPath } from 'node:url'
import { MessageChannel } from 'node:worker_threads'
import { Piscina } from 'piscina'
import { type DiscoveredPrinter, type ServiceAnswer, toDiscoveredPrinter } from './discovered-printer.ts'
import type { DiscoveryMessage, DiscoveryTask } from './printer-discovery-worker.ts'

export interface Discovery {
  /** How long answers are waited for. */
  readonly waitMs: number
  /** Ends the wait, with what has come until then. */
  readonly signal: AbortSignal
}

const WORKER_FILE = new URL('./printer-discovery-worker.ts', import.meta.url)
const INTERFACES_MAX = 8
/** Answers are anybody's: more than these aren't read, and of more printers than that a list is no help. */
const ANSWERS_MAX = 2_000
const PRINTERS_MAX = 200
const HEAP_MAX_MB = 64
/** A thread starts in half a second, on a busy machine in some. */
const START_MS = 10_000

/** The network couldn't be asked. */
export class DiscoveryError extends Error {
  override readonly name = 'DiscoveryError'
}

/**
 * Printers that answer by DNS-SD on the networks that this host is in, by name; one that can be reached in several ways
 * comes once for each. Throws DiscoveryError.
 */
export async function discoverPrinters({ waitMs, signal }: Discovery): Promise<readonly DiscoveredPrinter[]> {
  const addresses = ownAddresses()
  if (addresses.length === 0) throw new DiscoveryError('this host is in no network')
  const found = new Map<string, DiscoveredPrinter>()
  let answers = 0
  await ask({ addresses, waitMs, signal }, (answer) => {
    answers += 1
    const printer = answers <= ANSWERS_MAX ? toDiscoveredPrinter(answer) : undefined
    if (printer && found.size < PRINTERS_MAX) found.set(`${printer.name} ${keyOf(printer)}`, printer)
  })
  return [...found.values()].toSorted((a, b) => compare(a.name, b.name) || compare(keyOf(a), keyOf(b)))
}

interface Question extends Discovery {
  readonly addresses: readonly string[]
}

/** Resolves when the time is over, which runs from when the network has been asked. */
async function ask(
  { addresses, waitMs, signal }: Question,
  onAnswer: (answer: ServiceAnswer) => void,
): Promise<void> {
  const { port1: ours, port2: theirs } = new MessageChannel()
  const late = new AbortController()
  const over = new AbortController()
  let timer = setTimeout(() => late.abort(), START_MS)
  ours.on('message', (message: DiscoveryMessage) => {
    if (message !== 'asked') return onAnswer(message)
    clearTimeout(timer)
    timer = setTimeout(() => over.abort(), waitMs)
  })
  const pool = createThread()
  try {
    const task: DiscoveryTask = { addresses, port: theirs }
    const stop = AbortSignal.any([signal, late.signal, over.signal])
    await pool.run(task, { transferList: [theirs], signal: stop })
  } catch (error) {
    if (signal.aborted || over.signal.aborted) return
    const words = late.signal.aborted
      ? 'it takes too long'
      : String(error instanceof Error ? error.message : error)
    throw new DiscoveryError(`the network can't be asked: ${words}`, { cause: error })
  } finally {
    clearTimeout(timer)
    ours.close()
    await pool.destroy()
  }
}

/** The abort of its task ends it, sockets and all. */
function createThread(): Piscina<DiscoveryTask, never> {
  const pool = new Piscina<DiscoveryTask, never>({
    filename: fileURLToPath(WORKER_FILE),
    name: 'askForPrinters',
    minThreads: 0,
    maxThreads: 1,
    atomics: 'disabled',
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MAX_MB },
  })
  // The task that was running is told, too.
  pool.on('error', () => undefined)
  return pool
}

function ownAddresses(): readonly string[] {
  const all = Object.values(networkInterfaces()).map((addresses) =>
    addresses?.find(({ family, internal }) => family === 'IPv4' && !internal),
  )
  return all.flatMap((found) => found?.address ?? []).slice(0, INTERFACES_MAX)
}

function keyOf({ connection }: DiscoveredPrinter): string {
  return JSON.stringify(connection)
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other)
}
