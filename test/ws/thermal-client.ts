import { once } from 'node:events'
import { type ClientOptions, WebSocket } from 'ws'

/** A client of the thermal endpoint: sends objects, hears objects. */
export interface ThermalClient {
  readonly socket: WebSocket
  readonly heard: readonly Record<string, unknown>[]
  send(message: unknown): void
  /** The message number `count`, from 1. */
  nth(count: number): Promise<Record<string, unknown>>
  /** Sends and resolves with the next message that is heard. */
  ask(message: unknown): Promise<Record<string, unknown>>
  close(): Promise<void>
}

export async function openThermalClient(
  url: string,
  options: ClientOptions = {},
  protocols: string[] = [],
): Promise<ThermalClient> {
  const socket = new WebSocket(url, protocols, options)
  const heard: Record<string, unknown>[] = []
  socket.on('message', (data: Buffer) => {
    heard.push(JSON.parse(data.toString('utf8')) as Record<string, unknown>)
    socket.emit('heard')
  })
  await once(socket, 'open')
  const nth = async (count: number) => {
    while (heard.length < count) await once(socket, 'heard')
    return heard[count - 1] as Record<string, unknown>
  }
  const send = (message: unknown) =>
    socket.send(typeof message === 'string' ? message : JSON.stringify(message))
  return {
    socket,
    heard,
    send,
    nth,
    ask(message) {
      const next = nth(heard.length + 1)
      send(message)
      return next
    },
    async close() {
      if (socket.readyState === WebSocket.CLOSED) return
      socket.close()
      await once(socket, 'close')
    },
  }
}

/** The status that an upgrade is refused with. */
export async function refusalOf(
  url: string,
  options: ClientOptions = {},
  protocols: string[] = [],
): Promise<number> {
  const socket = new WebSocket(url, protocols, options)
  socket.on('error', () => undefined)
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }]
  socket.terminate()
  return response.statusCode
}
