import { setMaxListeners } from 'node:events'
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Logger } from 'pino'
import { WebSocketServer } from 'ws'
import type { Services } from '../../services.ts'
import { isDatabaseUnavailable } from '../../db/database-availability.ts'
import { refuseRaw } from '../http/raw-refusal.ts'
import { createMessageBudgets, MESSAGE_BYTES_MAX } from './message-room.ts'
import { AccessRefused, type Admitted, admit, type ThermalDoor, thermalPath } from './thermal-access.ts'
import { connectSession, PING_MS, sendJson, ThermalSocket } from './thermal-connection.ts'
import { ThermalSession } from './thermal-session.ts'

const CONNECTIONS_MAX = 200
/** Jobs of a connection that wait for their end or its own: 64, which Node would take for a leak. */
const WAITING_MAX = 100
const CLOSE_WAIT_MS = 2_000

export interface ThermalEndpointOptions {
  readonly services: Pick<
    Services,
    'apiKeys' | 'receipts' | 'standingAccess' | 'templates' | 'thermalCommands' | 'thermalJobs'
  >
  readonly log: Logger
  readonly pingMs?: number
}

/** Thermal printing at both of its doors: contracts/thermal.md, section 1. */
export class ThermalEndpoint {
  readonly #options: ThermalEndpointOptions
  readonly #server: WebSocketServer
  readonly #sockets = new Set<ThermalSocket>()
  readonly #budgets = createMessageBudgets()
  #isClosing = false

  constructor(options: ThermalEndpointOptions) {
    this.#options = options
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      maxPayload: MESSAGE_BYTES_MAX,
      perMessageDeflate: false,
      WebSocket: ThermalSocket,
      handleProtocols: (protocols) => protocols.values().next().value ?? false,
    })
  }

  /** Takes over the socket of every upgrade at that door. */
  async upgrade(door: ThermalDoor, request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', () => socket.destroy())
    const since = performance.now()
    const admitted = await this.#admitted(door, request)
    if (typeof admitted === 'number') return refuseRaw(socket, admitted)
    if (this.#isClosing || this.#sockets.size >= CONNECTIONS_MAX) return refuseRaw(socket, 503)
    this.#server.handleUpgrade(request, socket, head, (client) =>
      this.#open(client as ThermalSocket, { ...admitted, since, wire: socket as Socket }),
    )
  }

  /** Answers a plain request below `/websocket/`; false for any other, which is left alone. */
  async answer(door: ThermalDoor, request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const path = thermalPath(request, door)
    if (path === undefined) return false
    const status = await this.#plainStatus(door, request, path)
    if (status !== 200) {
      response.writeHead(status, { 'Content-Type': 'text/plain' }).end(STATUS_CODES[status])
      return true
    }
    const { origin } = request.headers
    const isNamed = door.kind === 'local' && origin !== undefined
    response
      .writeHead(200, {
        'Content-Type': 'application/json; charset=utf-8',
        'Cache-Control': 'no-store',
        ...(isNamed && { 'Access-Control-Allow-Origin': origin, Vary: 'Origin' }),
      })
      .end(
        JSON.stringify({
          IsRunning: true,
          ConnectedClients: this.#sockets.size,
          ScaleStatuses: [],
          ScalesSupported: false,
        }),
      )
    return true
  }

  /** Tells every client that the server stops. */
  async close(): Promise<void> {
    this.#isClosing = true
    const closed = [...this.#sockets].map((socket) => closeWithin(socket, CLOSE_WAIT_MS))
    await Promise.all(closed)
  }

  /** Whoever is let in, or the status of the refusal. */
  async #admitted(door: ThermalDoor, request: IncomingMessage): Promise<Admitted | number> {
    if (thermalPath(request, door) === undefined) return 404
    return this.#admit(door, request, 'thermal:write')
  }

  async #plainStatus(door: ThermalDoor, request: IncomingMessage, path: string): Promise<number> {
    const admitted = await this.#admit(door, request, 'thermal:read')
    if (typeof admitted === 'number') return admitted
    return request.method === 'GET' && path === '/websocket/status' ? 200 : 400
  }

  async #admit(
    door: ThermalDoor,
    request: IncomingMessage,
    scope: 'thermal:read' | 'thermal:write',
  ): Promise<Admitted | number> {
    try {
      return await admit(this.#options.services.apiKeys, request, { door, scope })
    } catch (error) {
      if (error instanceof AccessRefused) return error.status
      const level = isDatabaseUnavailable(error) ? 'warn' : 'error'
      this.#options.log[level]({ err: error }, 'thermal client not admitted')
      return 503
    }
  }

  #open(socket: ThermalSocket, { caller, key, since, wire }: Opening): void {
    const { standingAccess } = this.#options.services
    const end = (): void => socket.refuse()
    const letGo = key && standingAccess.hold({ ...key, since, end })
    const gone = new AbortController()
    setMaxListeners(WAITING_MAX, gone.signal)
    this.#sockets.add(socket)
    socket.on('error', (error) => this.#options.log.debug({ err: error }, 'thermal connection failed'))
    socket.once('close', () => {
      this.#sockets.delete(socket)
      letGo?.()
      gone.abort()
    })
    const send = (message: object) => sendJson(socket, message)
    const { pingMs = PING_MS, ...options } = this.#options
    const session = new ThermalSession({ ...options, caller, send, gone: gone.signal })
    connectSession(socket, { session, pingMs, callerId: caller.id, budgets: this.#budgets, wire })
    // The server may have begun to stop while the handshake was made.
    if (this.#isClosing) socket.stop()
  }
}

interface Opening extends Admitted {
  readonly since: number
  readonly wire: Socket
}

async function closeWithin(socket: ThermalSocket, limitMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  const timer = setTimeout(() => socket.terminate(), limitMs)
  socket.stop()
  await closed
  clearTimeout(timer)
}
