import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'

/** Ends a connection that no response of Node's will be written to, with a status and no body. `fields`: header lines. */
export function refuseRaw(socket: Duplex, status: number, fields = ''): void {
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${fields}`
  socket.end(`${head}Connection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy())
}
