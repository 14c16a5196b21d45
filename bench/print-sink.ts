/** A raw TCP printer that says nothing, and when the bytes of jobs came to it. */
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { noteRunning } from './running.ts'

/** Whoever waits is refused when nothing comes for five minutes. */
export interface PrintSink {
  readonly port: number
  /** Resolves with performance.now() of the next byte of a document; a question about the printer's state is none. */
  nextByteAt(): Promise<number>
  /** Resolves with performance.now() when so many bytes of documents have come since `reset`. */
  bytesAt(count: number): Promise<number>
  /** Resolves with performance.now() when the next connection that brought a document has ended. */
  nextEndAt(): Promise<number>
  reset(): void
  close(): Promise<void>
}

/** Zebra's question for its state. */
const STATE_QUESTION = '~HS'
const WAIT_MAX_MS = 300_000

export async function startPrintSink(): Promise<PrintSink> {
  let bytes = 0
  let waiters: { readonly count: number; tell(at: number): void }[] = []
  let endWaiters: ((at: number) => void)[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    let hasDocument = false
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('data', (chunk) => {
      if (chunk.toString('latin1') === STATE_QUESTION) return
      hasDocument = true
      bytes += chunk.length
      const at = performance.now()
      for (const { count, tell } of waiters) if (bytes >= count) tell(at)
      waiters = waiters.filter(({ count }) => bytes < count)
    })
    socket.on('close', () => {
      sockets.delete(socket)
      if (!hasDocument) return
      for (const tell of endWaiters) tell(performance.now())
      endWaiters = []
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const bytesAt = (count: number) => told((tell) => waiters.push({ count, tell }))
  return {
    port: (server.address() as AddressInfo).port,
    nextByteAt: () => bytesAt(bytes + 1),
    bytesAt,
    nextEndAt: () => told((tell) => endWaiters.push(tell)),
    reset() {
      bytes = 0
    },
    close: noteRunning(async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    }),
  }
}

function told(listen: (tell: (at: number) => void) => void): Promise<number> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new Error(`nothing came to the printer for ${WAIT_MAX_MS / 1000} s`))
    const timer = setTimeout(late, WAIT_MAX_MS)
    listen((at) => {
      clearTimeout(timer)
      resolve(at)
    })
  })
}
