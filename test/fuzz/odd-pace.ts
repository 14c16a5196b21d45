import type { Socket } from 'node:net'

/** One byte a packet, as far as the first hundred go. */
export async function sayByByte(socket: Socket, bytes: Buffer): Promise<void> {
  for (const byte of bytes.subarray(0, SLOW_BYTES_MAX)) {
    if (!socket.writable) return
    await new Promise((resolve) => socket.write(Buffer.of(byte), resolve))
  }
  if (socket.writable) socket.write(bytes.subarray(SLOW_BYTES_MAX))
}

const SLOW_BYTES_MAX = 200
const POURED_BYTES = 65_536

/** The same again until the other side hangs up; as long as it reads nothing more, this waits. */
export function pour(socket: Socket, bytes: Buffer): void {
  const times = Math.ceil(POURED_BYTES / Math.max(1, bytes.length))
  const chunk = Buffer.concat(Array.from({ length: times }, () => bytes))
  const next = (): void => {
    if (!socket.writable || chunk.length === 0) return
    if (socket.write(chunk)) setImmediate(next)
    else socket.once('drain', next)
  }
  next()
}

/** Of a body that was announced as `chunked`. */
export const ENDLESS_CHUNK = Buffer.from(`ff\r\n${'x'.repeat(0xff)}\r\n`)
