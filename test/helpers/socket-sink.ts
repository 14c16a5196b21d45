import { EventEmitter, once } from 'node:events'
import { createServer, type Socket } from 'node:net'

export interface SocketSinkOptions {
  readonly host?: string
  /** Default: a free one. */
  readonly port?: number
  /** Resets the connection when so many bytes were read. */
  readonly resetAfterBytes?: number
  /** Ends the connection, without a reset of its own, when so many bytes were read. */
  readonly endAfterBytes?: number
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
  /** What each connection brought, in the order they were made. */
  readonly perConnection: readonly Buffer[]
  /** Resolves when the first connection is there. */
  readonly accepted: Promise<void>
  /** Resolves when the sink has ended its side of the first connection. */
  readonly hungUp: Promise<void>
  /** Resolves with everything that was received, when the first connection is gone. */
  readonly closed: Promise<Buffer>
  /** Resolves with everything that was received, when a client has ended its side, which may have been a look at the printer. */
  readonly ended: Promise<Buffer>
  read(): void
  close(): Promise<void>
}

/** A raw TCP printer, port 9100 in real life: takes bytes and, unless told to, says nothing. */
export async function startSocketSink(options: SocketSinkOptions = {}): Promise<SocketSink> {
  const { host = '127.0.0.1' } = options
  const chunks: Buffer[] = []
  const byConnection: Buffer[][] = []
  const sockets = new Set<Socket>()
  let connections = 0
  const events = new EventEmitter()
  const received = (): Buffer => Buffer.concat(chunks)
  const accepted = once(events, 'accepted').then(() => undefined)
  const hungUp = once(events, 'hung up').then(() => undefined)
  const closed = once(events, 'closed').then(received)
  const ended = once(events, 'ended').then(received)
  const pauseOnConnect = options.isPaused ?? false
  const server = createServer({ allowHalfOpen: true, pauseOnConnect }, (socket) => {
    connections += 1
    const own: Buffer[] = []
    byConnection.push(own)
    sockets.add(socket)
    events.emit('accepted')
    socket.on('error', () => undefined)
    socket.on('finish', () => events.emit('hung up'))
    socket.on('close', () => events.emit('closed'))
    misbehave(socket, options)
    socket.on('data', (chunk) => {
      chunks.push(chunk)
      own.push(chunk)
    })
    socket.on('end', () => {
      events.emit('ended')
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
      return received()
    },
    get perConnection() {
      return byConnection.map((parts) => Buffer.concat(parts))
    },
    accepted,
    hungUp,
    closed,
    ended,
    read: () => sockets.forEach((socket) => socket.resume()),
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

function misbehave(socket: Socket, options: SocketSinkOptions): void {
  if (options.isBusy) socket.end()
  if (options.chatterBytes !== undefined) socket.write(Buffer.alloc(options.chatterBytes))
  let length = 0
  socket.on('data', (chunk) => {
    length += chunk.length
    if (length >= (options.resetAfterBytes ?? Number.POSITIVE_INFINITY)) socket.resetAndDestroy()
    if (length >= (options.endAfterBytes ?? Number.POSITIVE_INFINITY)) socket.destroy()
  })
}
