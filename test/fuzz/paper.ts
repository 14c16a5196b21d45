import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'

/** A raw TCP printer that counts what it is given. */
export interface Paper {
  readonly port: number
  /** Connections that brought something, so far. */
  readonly sheets: number
  close(): Promise<void>
}

export async function startPaper(): Promise<Paper> {
  let sheets = 0
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', () => {
      sheets += 1
    })
    socket.resume()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    get sheets() {
      return sheets
    },
    async close() {
      server.close()
      await once(server, 'close')
    },
  }
}
