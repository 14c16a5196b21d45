import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { bytesOf, type Defiance, type Language } from './defiance.ts'
import { pour, sayByByte } from './odd-pace.ts'

/** Longer than a label printer is waited for, shorter than a receipt printer. */
const LATE_MS = 700

export interface DefiantPrinter {
  readonly port: number
  /** Forgets what it did and was given so far. */
  defy(defiance: Defiance): void
  /** Answers since then that weren't what they should be. */
  readonly defied: number
  readonly connections: number
  /** What it was given since then but for questions, by connection. */
  readonly received: readonly string[]
  close(): Promise<void>
}

/** A printer on a port of its own that takes every byte, and answers questions in the odd way that it was told. */
export async function startDefiantPrinter(language: Language): Promise<DefiantPrinter> {
  const sockets = new Set<Socket>()
  let received: { text: string }[] = []
  let defiance: Defiance | undefined
  let defied = 0
  let isCut = false

  /** What it does instead of a good answer, where that is due. */
  const takeDefiance = (isAfter: boolean): Defiance | undefined => {
    const isDue = defiance && defied < defiance.times && isAfter === (defiance.phase === 'after')
    if (isDue) defied += 1
    return isDue ? defiance : undefined
  }

  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
    socket.on('end', () => socket.end())
    const own = { text: '' }
    received.push(own)
    let unread = ''
    const answer = (question: string): void => {
      const truth = language.answerTo(question)
      const how = takeDefiance(own.text !== '')
      if (how) void defyOn(socket, how, truth)
      else if (socket.writable) socket.write(truth)
    }
    socket.on('data', (chunk) => {
      unread += chunk.toString('latin1')
      for (let found = language.question.exec(unread); found; found = language.question.exec(unread)) {
        own.text += unread.slice(0, found.index)
        unread = unread.slice(found.index + found[0].length)
        answer(found[0])
      }
      // The beginning of a question, which may be all that came of it.
      const kept = /[~\x10](H|\x04)?$/.exec(unread)?.index ?? unread.length
      own.text += unread.slice(0, kept)
      unread = unread.slice(kept)
      const limit = defiance?.cutAfterBytes ?? null
      if (limit === null || isCut || own.text.length <= limit) return
      isCut = true
      own.text = own.text.slice(0, limit)
      socket.resetAndDestroy()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    defy(next) {
      defiance = next
      received = []
      defied = 0
      isCut = false
    },
    get defied() {
      return defied
    },
    get connections() {
      return received.length
    },
    get received() {
      return received.map(({ text }) => text)
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

async function defyOn(socket: Socket, { words, pace, end }: Defiance, truth: Buffer): Promise<void> {
  const bytes = bytesOf(words, truth)
  if (pace === 'late') await pause(LATE_MS)
  if (words.kind === 'endless') return pour(socket, bytes)
  if (pace === 'byte by byte') await sayByByte(socket, bytes)
  else if (socket.writable) socket.write(bytes)
  if (end === 'ends') socket.end()
  if (end === 'resets') socket.resetAndDestroy()
}
