import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'

const DEFAULT_PORT = 5432

/** The way from a server to its PostgreSQL, on which an answer can be lost. */
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
  /** Ends connections that began with this text, without a word to the database, which takes them for alive. */
  breakUnseen(text: string): void
  close(): Promise<void>
}

interface Passing {
  readonly near: Socket
  /** Its first message: user, database, name of the program. */
  beginning: string
  isBroken: boolean
}

export async function startDatabaseLine(target: string): Promise<DatabaseLine> {
  const sockets = new Set<Socket>()
  const passing = new Set<Passing>()
  let lost: { readonly text: string; readonly isCommit: boolean; readonly tell: () => void } | null = null
  const server = createServer((near) => {
    const far = connect(addressOf(target))
    const pass: Passing = { near, beginning: '', isBroken: false }
    passing.add(pass)
    let onAnswer: (() => void) | null = null
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
        other.destroy()
      })
    }
    let onCommit: (() => void) | null = null
    near.once('data', (bytes) => {
      pass.beginning = bytes.toString('latin1')
    })
    near.on('data', (bytes) => {
      if (onCommit && bytes.includes('COMMIT')) onAnswer = onCommit
      if (lost && bytes.includes(lost.text)) {
        if (lost.isCommit) onCommit = lost.tell
        else onAnswer = lost.tell
        lost = null
      }
      far.write(bytes)
    })
    far.on('data', (bytes) => {
      if (!onAnswer) return void near.write(bytes)
      onAnswer()
      near.destroy()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: urlThrough(target, (server.address() as AddressInfo).port),
    loseAnswerTo: (text) => new Promise((tell) => (lost = { text, isCommit: false, tell })),
    loseCommitOf: (text) => new Promise((tell) => (lost = { text, isCommit: true, tell })),
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
