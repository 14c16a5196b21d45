import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'

/** How a receipt printer on TCP behaves. */
export type EscposPrinterMode =
  | 'healthy'
  | 'mute'
  | 'cover open'
  | 'paper end'
  | 'printer error'
  /** Closes every connection at once. */
  | 'refusing'
  /** Resets the connection when the first bytes of a job came. */
  | 'resetting'
  /** Takes its time before it closes. */
  | 'slow'
  /** Never closes. */
  | 'lingering'

export interface EscposPrinter {
  readonly port: number
  /** What each connection brought but for status questions, in the order in which they ended. */
  readonly jobs: readonly Buffer[]
  /** Status questions. */
  readonly questions: number
  /** The most connections that were open at one time. */
  readonly connectionsMax: number
  /** Connections so far, the refused ones too. */
  readonly connections: number
  mode: EscposPrinterMode
  close(): Promise<void>
}

const OFFLINE_ANSWERS: Partial<Record<EscposPrinterMode, number>> = {
  'cover open': 0x16,
  'printer error': 0x52,
}
const PAPER_ANSWERS: Partial<Record<EscposPrinterMode, number>> = { 'paper end': 0x72 }
const HEALTHY = 0x12
const QUESTION = /^\x10\x04([\x02\x04])/
const SLOW_MS = 150

/** A receipt printer: takes jobs, answers `DLE EOT 2` and `DLE EOT 4`, closes when the client does. */
export async function startEscposPrinter(mode: EscposPrinterMode = 'healthy'): Promise<EscposPrinter> {
  const jobs: Buffer[] = []
  const sockets = new Set<Socket>()
  const state = { mode, questions: 0, connections: 0, connectionsMax: 0 }
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket)
    state.connections += 1
    state.connectionsMax = Math.max(state.connectionsMax, sockets.size)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
    if (state.mode === 'refusing') return void socket.resetAndDestroy()
    let received = ''
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1')
      for (let found = QUESTION.exec(received); found; found = QUESTION.exec(received)) {
        received = received.slice(found[0].length)
        state.questions += 1
        answer(socket, state.mode, found[1] === '\x02')
      }
      if (state.mode === 'resetting' && received !== '') socket.resetAndDestroy()
    })
    socket.on('end', () => {
      if (received !== '') jobs.push(Buffer.from(received, 'latin1'))
      if (state.mode === 'lingering') return
      setTimeout(() => socket.end(), state.mode === 'slow' ? SLOW_MS : 0)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port')
  return {
    port: address.port,
    jobs,
    get questions() {
      return state.questions
    },
    get connectionsMax() {
      return state.connectionsMax
    },
    get connections() {
      return state.connections
    },
    get mode() {
      return state.mode
    },
    set mode(next) {
      state.mode = next
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

function answer(socket: Socket, mode: EscposPrinterMode, isOfflineCause: boolean): void {
  if (mode === 'mute') return
  const known = isOfflineCause ? OFFLINE_ANSWERS : PAPER_ANSWERS
  socket.write(Buffer.from([known[mode] ?? HEALTHY]))
}
