import { createConnection } from 'node:net'

const CLOSE_MS = 30_000

/**
 * All that comes back for these bytes until the server closes; fails when it doesn't. `next` is sent when the server has
 * answered the first.
 */
export function exchangeBytes(url: string, first: Buffer, next?: Buffer): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const socket = createConnection({ host: hostname, port: Number(port) })
    if (next) {
      socket.write(first)
      socket.once('data', () => socket.end(next))
    } else socket.end(first)
    const timer = setTimeout(() => {
      socket.destroy()
      const sent = Buffer.concat([first, next ?? Buffer.alloc(0)])
      reject(new Error(`the connection stays open after ${JSON.stringify(sent.toString('latin1'))}`))
    }, CLOSE_MS)
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    socket.on('error', () => undefined)
    socket.on('close', () => {
      clearTimeout(timer)
      resolve(Buffer.concat(chunks).toString('latin1'))
    })
  })
}
