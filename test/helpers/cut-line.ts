import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A cable between a browser and the server, which can be pulled out and put in again. */
export interface CutLine {
  readonly url: string
  /** Ends every connection and takes no new one. */
  cut(): void
  /** Passes on what is asked and lets no answer back, until it is cut: the server has done it, and nobody was told. */
  swallowAnswers(): void
  /** Resolves when that has happened to something that was asked. */
  swallowed(text: string): Promise<void>
  mend(): void
  close(): Promise<void>
}

export async function startCutLine(target: string): Promise<CutLine> {
  const { port } = new URL(target)
  const sockets = new Set<Socket>()
  let isCut = false
  let isSwallowing = false
  let asked = ''
  let onAsked = (): void => undefined
  const server = createServer((near) => {
    if (isCut) return near.destroy()
    const far = connect(Number(port), '127.0.0.1')
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        near.destroy()
        far.destroy()
      })
    }
    near.on('data', (bytes: Buffer) => {
      if (isSwallowing) asked += bytes.toString('latin1')
      far.write(bytes)
    })
    far.on('data', (bytes: Buffer) => {
      if (!isSwallowing) near.write(bytes)
      else onAsked()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const destroyAll = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut() {
      isCut = true
      isSwallowing = false
      destroyAll()
    },
    swallowAnswers() {
      asked = ''
      isSwallowing = true
    },
    swallowed: (text) =>
      new Promise((resolve) => {
        onAsked = () => {
          if (asked.includes(text)) resolve()
        }
      }),
    mend() {
      isCut = false
    },
    async close() {
      destroyAll()
      server.close()
      await once(server, 'close')
    },
  }
}
