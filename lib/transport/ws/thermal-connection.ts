import { WebSocket } from 'ws'
import type { ThermalSession } from './thermal-session.ts'

export const PING_MS = 30_000
const PINGS_UNANSWERED_MAX = 2
/** Messages that were read and wait to be handled; then no more are read. */
const BACKLOG_MAX = 4
/** Of messages that were read and wait: a connection may not hold several with large pictures. */
const BACKLOG_BYTES_MAX = 1_048_576
/** Answers that nobody takes. */
const BUFFERED_BYTES_MAX = 1_048_576

const GOING_AWAY = 1001
const NORMAL = 1000
const POLICY_VIOLATION = 1008
/** For a client that doesn't answer the close. */
const REFUSED_MS = 2_000

/** Answers a client's close with 1000, whatever its code was. */
export class ThermalSocket extends WebSocket {
  /** The library repeats a client's code along with its reason, a buffer; what breaks the protocol it closes without one. */
  override close(code?: number, reason?: string | Buffer): void {
    super.close(Buffer.isBuffer(reason) ? NORMAL : (code ?? NORMAL))
  }

  stop(): void {
    this.close(GOING_AWAY)
  }

  /** The key that let it in has ended: what comes now is nobody's. */
  refuse(): void {
    this.removeAllListeners('message')
    this.close(POLICY_VIOLATION)
    setTimeout(() => this.terminate(), REFUSED_MS).unref()
  }
}

/** Feeds the messages of a socket to its session, one at a time, and ends a socket that is dead. */
export function connectSession(socket: ThermalSocket, session: ThermalSession, pingMs: number): void {
  let backlog = 0
  let backlogBytes = 0
  let handling = Promise.resolve()
  let unanswered = 0
  const isFull = () => backlog >= BACKLOG_MAX || backlogBytes > BACKLOG_BYTES_MAX

  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary) return
    const text = data.toString('utf8')
    const bytes = data.length
    if (text.trim() === '') return
    backlog += 1
    backlogBytes += bytes
    if (isFull()) socket.pause()
    handling = handling.then(async () => {
      await session.handle(text)
      backlog -= 1
      backlogBytes -= bytes
      if (socket.isPaused && !isFull()) socket.resume()
    })
  })
  socket.on('pong', () => {
    unanswered = 0
  })
  const pings = setInterval(() => {
    if (socket.readyState !== WebSocket.OPEN || socket.isPaused) return
    if (unanswered >= PINGS_UNANSWERED_MAX) return socket.terminate()
    unanswered += 1
    socket.ping()
  }, pingMs)
  socket.once('close', () => clearInterval(pings))
}

/** To a client that is gone, nothing; one that takes nothing is cut off. */
export function sendJson(socket: ThermalSocket, message: object): void {
  if (socket.readyState !== WebSocket.OPEN) return
  if (socket.bufferedAmount > BUFFERED_BYTES_MAX) return socket.terminate()
  socket.send(JSON.stringify(message))
}
