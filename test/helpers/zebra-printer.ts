import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { ZebraEngine, type ZebraMode } from './zebra-engine.ts'

export interface ZebraPrinter {
  readonly host: string
  readonly port: number
  /** What each connection brought but for status questions, in the order in which they began. */
  readonly received: readonly string[]
  /** Formats on paper, oldest first; once for each copy. */
  readonly printed: readonly string[]
  /** Formats and labels in its memory. */
  readonly waiting: number
  /** Status questions. */
  readonly questions: number
  mode: ZebraMode
  /** Connections from now on are reset when so many bytes of a document came. */
  resetAfterBytes: number
  /** Loses what is in its memory, and every connection. */
  powerCycle(): void
  close(): Promise<void>
}

const QUESTION = /~HS/
const SLOW_ANSWER_MS = 700

/** A Zebra on TCP, with a memory: prints formats one after the other and answers `~HS` about that. */
export async function startZebraPrinter(mode: ZebraMode = 'healthy'): Promise<ZebraPrinter> {
  const engine = new ZebraEngine(mode)
  const sockets = new Set<Socket>()
  const received: string[] = []
  const state = { questions: 0, resetAfterBytes: Number.POSITIVE_INFINITY }
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
    socket.on('end', () => setTimeout(() => socket.end(), engine.mode === 'slow' ? 2 * SLOW_ANSWER_MS : 0))
    const place = received.push('') - 1
    const limit = state.resetAfterBytes
    let unread = ''
    socket.on('data', (chunk) => {
      const pieces = chunk.toString('latin1').split(QUESTION)
      for (const [index, piece] of pieces.entries()) {
        received[place] += piece
        unread = engine.take(unread + piece)
        if (index === pieces.length - 1) continue
        state.questions += 1
        answer(socket, engine, unread.trim() !== '')
      }
      if ((received[place]?.length ?? 0) >= limit) socket.resetAndDestroy()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port')
  return {
    host: '127.0.0.1',
    port: address.port,
    received,
    printed: engine.printed,
    get waiting() {
      return engine.waiting
    },
    get questions() {
      return state.questions
    },
    get mode() {
      return engine.mode
    },
    set mode(next) {
      engine.mode = next
    },
    get resetAfterBytes() {
      return state.resetAfterBytes
    },
    set resetAfterBytes(count) {
      state.resetAfterBytes = count
    },
    powerCycle() {
      engine.forget()
      for (const socket of sockets) socket.resetAndDestroy()
    },
    async close() {
      engine.stop()
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

function answer(socket: Socket, engine: ZebraEngine, isPartial: boolean): void {
  if (engine.mode === 'mute') return
  if (engine.mode === 'garbage')
    return void socket.write('\x02ERR,1\x03\r\n\x02\x03\x02,,,,,,,,,,,,\x03\r\n{}')
  const words = engine.answer(isPartial)
  if (engine.mode !== 'slow') return void socket.write(words)
  // In two pieces, as a slow line brings it.
  setTimeout(() => {
    socket.write(words.slice(0, 20))
    setTimeout(() => socket.write(words.slice(20)), 5)
  }, SLOW_ANSWER_MS)
}
