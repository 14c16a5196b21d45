import type { Socket } from 'node:net'
import { WebSocket } from 'ws'
import { type MessageBudgets, MessageRoom } from './message-room.ts'
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
const TRY_AGAIN_LATER = 1013
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

  /** What comes now is nobody's: the key that let it in has ended, or `code` says why. */
  refuse(code = POLICY_VIOLATION): void {
    this.removeAllListeners('message')
    this.close(code)
    setTimeout(() => this.terminate(), REFUSED_MS).unref()
  }
}

export interface ConnectionOptions {
  readonly session: ThermalSession
  readonly pingMs: number
  /** Whose share of the budgets its messages take. */
  readonly callerId: string
  readonly budgets: MessageBudgets
  /** What the socket reads from. */
  readonly wire: Socket
}

/** Feeds the messages of a socket to its session, one at a time, and ends a socket that is dead. */
export function connectSession(socket: ThermalSocket, options: ConnectionOptions): void {
  const { session, pingMs, callerId, budgets, wire } = options
  let backlog = 0
  let backlogBytes = 0
  let handling = Promise.resolve()
  const isFull = () => backlog >= BACKLOG_MAX || backlogBytes > BACKLOG_BYTES_MAX
  const onRefused = () => socket.refuse(TRY_AGAIN_LATER)
  const room = new MessageRoom({ budgets, callerId, wire, onChange: flow, onRefused })

  function flow(): void {
    if (isFull() || room.isWaiting) socket.pause()
    else if (socket.isPaused) socket.resume()
  }

  socket.on('message', (data: Buffer, isBinary) => {
    const leave = room.end()
    const text = isBinary ? '' : data.toString('utf8')
    if (text.trim() === '') return leave()
    const bytes = data.length
    backlog += 1
    backlogBytes += bytes
    flow()
    handling = handling.then(async () => {
      await session.handle(text)
      leave()
      backlog -= 1
      backlogBytes -= bytes
      flow()
    })
  })
  const passControl = (payload: Buffer) => room.passControl(payload.length)
  socket.on('ping', passControl).on('pong', passControl)
  wire.on('data', () => room.look())
  socket.once('close', () => room.close())
  keepAlive(socket, pingMs)
}

/** Ends a socket whose client answers no pings. */
function keepAlive(socket: ThermalSocket, pingMs: number): void {
  let unanswered = 0
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
