import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'

export interface SocketSinkOptions {
  readonly host?: string
  /** Default: a free one. */
  readonly port?: number
  /** Resets the connection when so many bytes were read. */
  readonly resetAfterBytes?: number
  /** Reads nothing until `read()` is called. */
  readonly isPaused?: boolean
  /** Ends its side when the client has ended its own: default true. */
  readonly closes?: boolean
  /** Ends the connection as soon as it is made, as a printer that serves another host. */
  readonly isBusy?: boolean
  /** Says so much as soon as it is connected. */
  readonly chatterBytes?: number
}

export interface SocketSink {
  readonly host: string
  readonly port: number
  readonly connections: number
  readonly received: Buffer
  /** Resolves with everything that one connection brought, when the client has ended its side. */
  readonly ended: Promise<Buffer>
  read(): void
  close(): Promise<void>
}

/** A raw TCP printer, port 9100 in real life: takes bytes and, unless told to, says nothing. */
export async function startSocketSink(options: SocketSinkOptions = {}): Promise<SocketSink> {
  const { host = '127.0.0.1' } = options
  const chunks: Buffer[] = []
  const sockets = new Set<Socket>()
  let connections = 0
  let resolveEnded: (bytes: Buffer) => void = () => undefined
  const ended = new Promise<Buffer>((resolve) => {
    resolveEnded = resolve
  })
  const pauseOnConnect = options.isPaused ?? false
  const server = createServer({ allowHalfOpen: true, pauseOnConnect }, (socket) => {
    connections += 1
    sockets.add(socket)
    socket.on('error', () => undefined)
    if (options.isBusy) socket.end()
    if (options.chatterBytes !== undefined) socket.write(Buffer.alloc(options.chatterBytes))
    socket.on('data', (chunk) => {
      chunks.push(chunk)
      const limit = options.resetAfterBytes
      if (limit !== undefined && Buffer.concat(chunks).length >= limit) socket.resetAndDestroy()
    })
    socket.on('end', () => {
      resolveEnded(Buffer.concat(chunks))
      if (options.closes ?? true) socket.end()
    })
  })
  server.listen(options.port ?? 0, host)
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port')
  return {
    host,
    port: address.port,
    get connections() {
      return connections
    },
    get received() {
      return Buffer.concat(chunks)
    },
    ended,
    read: () => sockets.forEach((socket) => socket.resume()),
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
