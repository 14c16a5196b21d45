import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'

const DEFAULT_PORT = 5432

/** The way from a server to its PostgreSQL, on which an answer can be lost or late, and whole connections forgotten. */
export interface DatabaseLine {
  /** For DATABASE_URL. */
  readonly url: string
  /**
   * The next statement that has this text, in its words or its values, is done, and its connection ends before the answer has
   * come back. Resolves then.
   */
  loseAnswerTo(text: string): Promise<void>
  /** The same for the commit of the next transaction that has a statement with this text. */
  loseCommitOf(text: string): Promise<void>
  /** The next statement that has this text is not passed on: its connection ends. Resolves then. */
  refuse(text: string): Promise<void>
  /** The answer to the next statement that has this text comes when what this resolves with, once it is there, is called. */
  holdAnswerTo(text: string): Promise<() => void>
  /**
   * Of the connections that there are nothing is passed on any more, neither what is said nor that one side ends: as by a
   * firewall that forgot them. New ones are made.
   */
  drop(): void
  /** Ends connections that began with this text, without a word to the database, which takes them for alive. */
  breakUnseen(text: string): void
  close(): Promise<void>
}

/** What happens to a question, to its answer, or to the answer to the commit of its transaction, instead of being passed on. */
type Happening = (near: Socket, bytes: Buffer) => void

interface Passing {
  readonly near: Socket
  /** Its first message: user, database, name of the program. */
  beginning: string
  isBroken: boolean
}

interface Fault {
  readonly text: string
  readonly to: 'question' | 'answer' | 'commit'
  readonly happens: Happening
}

export async function startDatabaseLine(target: string): Promise<DatabaseLine> {
  const sockets = new Set<Socket>()
  let dropped = new AbortController()
  const passing = new Set<Passing>()
  let next: Fault | null = null
  const take = (bytes: Buffer): Fault | null => {
    const fault = next && bytes.includes(next.text) ? next : null
    if (fault) next = null
    return fault
  }
  const server = createServer((near) => {
    const far = connect(addressOf(target))
    const isDropped = dropped.signal
    const pass: Passing = { near, beginning: '', isBroken: false }
    passing.add(pass)
    let onAnswer: Happening | null = null
    let onCommit: Happening | null = null
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        if (pass.isBroken) return
        passing.delete(pass)
        if (!isDropped.aborted) other.destroy()
      })
    }
    near.once('data', (bytes) => {
      pass.beginning = bytes.toString('latin1')
    })
    near.on('data', (bytes) => {
      if (isDropped.aborted) return
      if (onCommit && bytes.includes('COMMIT')) onAnswer = onCommit
      const fault = take(bytes)
      if (fault?.to === 'question') return fault.happens(near, bytes)
      if (fault?.to === 'answer') onAnswer = fault.happens
      if (fault?.to === 'commit') onCommit = fault.happens
      far.write(bytes)
    })
    far.on('data', (bytes) => {
      if (isDropped.aborted) return
      if (!onAnswer) return void near.write(bytes)
      const happens = onAnswer
      onAnswer = null
      happens(near, bytes)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const lose = (text: string, to: Fault['to']) =>
    new Promise<void>((tell) => {
      const happens = (near: Socket): void => {
        tell()
        near.destroy()
      }
      next = { text, to, happens }
    })
  return {
    url: urlThrough(target, (server.address() as AddressInfo).port),
    loseAnswerTo: (text) => lose(text, 'answer'),
    loseCommitOf: (text) => lose(text, 'commit'),
    refuse: (text) => lose(text, 'question'),
    holdAnswerTo: (text) =>
      new Promise((tell) => {
        next = { text, to: 'answer', happens: (near, bytes) => tell(() => void near.write(bytes)) }
      }),
    drop() {
      dropped.abort()
      dropped = new AbortController()
    },
    breakUnseen(text) {
      for (const pass of passing) {
        if (!pass.beginning.includes(text)) continue
        pass.isBroken = true
        pass.near.destroy()
      }
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** A folder of sockets in `?host=`, as the embedded server has it, or a host. */
function addressOf(target: string) {
  const { hostname, port, searchParams } = new URL(target)
  const number = Number(port || DEFAULT_PORT)
  const folder = searchParams.get('host')
  return folder === null ? { host: hostname, port: number } : { path: join(folder, `.s.PGSQL.${number}`) }
}

function urlThrough(target: string, port: number): string {
  const url = new URL(target)
  url.hostname = '127.0.0.1'
  url.port = String(port)
  url.searchParams.delete('host')
  return url.href
}
