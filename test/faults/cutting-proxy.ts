import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** Enough of a document to know it by. */
const MARK_BYTES = 24

interface Cut {
  readonly mark: Buffer
  readonly afterBytes: number
}

/** Between a server and its printer: lets so much of a document through and resets the connection. */
export interface CuttingProxy {
  readonly port: number
  /** True: every connection is reset as soon as it is made. */
  isRefusing: boolean
  /** Once, when this document comes. The printer gets `afterBytes` of it, then the end; the server gets a reset. */
  cut(document: Buffer, afterBytes: number): void
  close(): Promise<void>
}

export async function startCuttingProxy(target: { host: string; port: number }): Promise<CuttingProxy> {
  const cuts: Cut[] = []
  const sockets = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (client) => {
    sockets.add(client)
    client.on('error', () => undefined)
    if (proxy.isRefusing) return void client.resetAndDestroy()
    const printer = connect({ ...target, allowHalfOpen: true })
    sockets.add(printer)
    printer.on('error', () => client.destroy())
    printer.pipe(client)
    passOn(client, printer, cuts)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port')
  const proxy: CuttingProxy = {
    port: address.port,
    isRefusing: false,
    cut: (document, afterBytes) => void cuts.push({ mark: document.subarray(0, MARK_BYTES), afterBytes }),
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
  return proxy
}

function passOn(client: Socket, printer: Socket, cuts: Cut[]): void {
  let seen = Buffer.alloc(0)
  let passed = 0
  client.on('data', (chunk) => {
    seen = Buffer.concat([seen, chunk])
    const cut = cuts.find(({ mark }) => seen.includes(mark))
    const limit = cut ? seen.indexOf(cut.mark) + cut.afterBytes : Number.POSITIVE_INFINITY
    const part = seen.subarray(passed, limit)
    passed += part.length
    if (seen.length < limit) return void printer.write(part)
    if (cut) cuts.splice(cuts.indexOf(cut), 1)
    // An end, not a reset: that would throw away what the printer hadn't read yet.
    printer.end(part)
    client.resetAndDestroy()
  })
  client.on('end', () => printer.end())
}
