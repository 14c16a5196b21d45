/** Printers on TCP ports: they take what comes, say nothing, and close when the sender does. */
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'

export interface Sinks {
  readonly ports: readonly number[]
  close(): Promise<void>
}

type OnPaper = (bytes: Buffer, firstByteAt: number, where: string) => void

export async function openSinks(names: readonly string[], onPaper: OnPaper): Promise<Sinks> {
  const servers = await Promise.all(names.map((name) => openSink(name, onPaper)))
  return {
    ports: servers.map((server) => (server.address() as AddressInfo).port),
    async close() {
      for (const server of servers) server.close()
      await Promise.all(servers.map((server) => once(server, 'close')))
    },
  }
}

async function openSink(name: string, onPaper: OnPaper): Promise<Server> {
  const server = createServer((socket) => receive(socket, name, onPaper))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

function receive(socket: Socket, name: string, onPaper: OnPaper): void {
  const chunks: Buffer[] = []
  let firstByteAt = 0
  socket.on('error', () => undefined)
  socket.on('data', (chunk) => {
    firstByteAt ||= performance.now()
    chunks.push(chunk)
  })
  socket.once('close', () => onPaper(Buffer.concat(chunks), firstByteAt, name))
}
