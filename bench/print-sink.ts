/** A raw TCP printer that says nothing, and when the bytes of jobs came to it. */
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'

export interface PrintSink {
  readonly port: number
  /** Resolves with performance.now() of the next byte of a document; a question about the printer's state is none. */
  nextByteAt(): Promise<number>
  /** Resolves with performance.now() when so many bytes of documents have come since `reset`. */
  bytesAt(count: number): Promise<number>
  reset(): void
  close(): Promise<void>
}

/** Zebra's question for its state. */
const STATE_QUESTION = '~HS'

export async function startPrintSink(): Promise<PrintSink> {
  let bytes = 0
  let waiters: { readonly count: number; resolve(at: number): void }[] = []
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.on('data', (chunk) => {
      if (chunk.toString('latin1') === STATE_QUESTION) return
      bytes += chunk.length
      const at = performance.now()
      for (const { count, resolve } of waiters) if (bytes >= count) resolve(at)
      waiters = waiters.filter(({ count }) => bytes < count)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const bytesAt = (count: number) => new Promise<number>((resolve) => waiters.push({ count, resolve }))
  return {
    port: (server.address() as AddressInfo).port,
    nextByteAt: () => bytesAt(bytes + 1),
    bytesAt,
    reset() {
      bytes = 0
    },
    async close() {
      server.close()
      await once(server, 'close')
    },
  }
}
