import { once } from 'node:events'
import {
  createServer,
  IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { refuseRaw } from './raw-refusal.ts'

/** A server that listens. */
export interface HttpServer {
  /** `http://HOST:PORT`, with the port that is listened on. */
  readonly origin: string
  /** Its host means every address of the machine; `origin` then has the loopback one, since clients can't call "every". */
  readonly isOnEveryAddress: boolean
  /** Accepts no connection any more, answers what is being asked, then closes. */
  close(): Promise<void>
}

export interface HttpServerOptions {
  readonly host: string
  /** 0 picks a free one. */
  readonly port: number
  /** How long requests in flight may take to end before their connections are cut. */
  readonly drainMs: number
  /** Takes over the connection of a WebSocket handshake; absent: it is a request like any other. */
  readonly onUpgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
}

const HEADERS_TIMEOUT_MS = 20_000
/** 40 MiB in five minutes is 1.1 Mbit/s, the uplink of a poor line. */
const REQUEST_TIMEOUT_MS = 300_000
/** Longer than the 60 s of common proxies: who closes first must be the one that reuses connections. */
const KEEP_ALIVE_MS = 65_000
/** Most of them wait: 2,000 station clients for jobs, others for events. */
const CONNECTIONS_MAX = 5_000
const LOOPBACK_OF_EVERY: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }

export async function startHttpServer(app: RequestListener, options: HttpServerOptions): Promise<HttpServer> {
  const inFlight = new Set<ServerResponse>()
  const sockets = new Set<Socket>()
  const server = createServer(
    {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      IncomingMessage: WebRequest,
    },
    (request, response) => {
      inFlight.add(response)
      response.once('close', () => inFlight.delete(response))
      app(request, response)
    },
  )
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  if (options.onUpgrade) server.on('upgrade', options.onUpgrade)
  server.on('connect', (_request, socket) => refuseTunnel(socket))
  server.maxConnections = CONNECTIONS_MAX
  server.listen(options.port, options.host)
  await once(server, 'listening')
  const { address, port } = server.address() as AddressInfo
  const loopback = LOOPBACK_OF_EVERY[address]
  return {
    origin: originOf(loopback === undefined ? options.host : address, port),
    isOnEveryAddress: loopback !== undefined,
    close: () => {
      endUnused(sockets)
      return close(server, inFlight, options.drainMs)
    },
  }
}

/**
 * Clients offer other protocols on plain requests (Java's and curl's `Upgrade: h2c`), which a server may ignore (RFC 9110,
 * section 7.8). Node hands every offer to the listener for upgrades, so all but WebSocket are hidden from it. A CONNECT, which
 * names no path that the app could answer, goes to its own listener by the same mark.
 */
class WebRequest extends IncomingMessage {
  declare private isOffered: boolean

  get upgrade(): boolean {
    return (
      this.isOffered && (this.method === 'CONNECT' || this.headers.upgrade?.toLowerCase() === 'websocket')
    )
  }

  set upgrade(isOffered: boolean) {
    this.isOffered = isOffered
  }
}

/** This is no proxy. */
function refuseTunnel(socket: Duplex): void {
  socket.on('error', () => socket.destroy())
  refuseRaw(socket, 405, 'Allow: GET, POST, PUT, PATCH, DELETE\r\n')
}

/** Where a client on this machine reaches what listens on `host`. */
export function originOf(host: string, port: number): string {
  const called = LOOPBACK_OF_EVERY[host] ?? host
  return `http://${called.includes(':') ? `[${called}]` : called}:${port}`
}

/**
 * Browsers and other clients connect before they have something to ask. Node counts such a connection as busy, and would
 * wait for it as for a request.
 */
function endUnused(sockets: Iterable<Socket>): void {
  for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy()
}

async function close(server: Server, inFlight: Iterable<ServerResponse>, drainMs: number): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  for (const response of inFlight) {
    if (response.headersSent) response.once('close', () => server.closeIdleConnections())
    else response.setHeader('Connection', 'close')
  }
  const timer = setTimeout(() => server.closeAllConnections(), drainMs)
  await closed
  clearTimeout(timer)
}
