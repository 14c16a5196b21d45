import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { bytesOfAnswer, type HostileAnswer } from './hostile-answers.ts'
import { ENDLESS_CHUNK, pour, sayByByte } from './odd-pace.ts'
import { OUTSIDE_ADDRESS } from './subject.ts'

/** Who gets webhooks, and answers as it was told for each path. */
export interface HostileReceiver {
  readonly origin: string
  /** How the next request to that path is answered; all after it with 204. */
  expect(path: string, answer: HostileAnswer): void
  /** How many requests have come to it. */
  requestsTo(path: string): number
  forget(path: string): void
  close(): Promise<void>
}

const HEAD_END = '\r\n\r\n'

export async function startHostileReceiver(): Promise<HostileReceiver> {
  const sockets = new Set<Socket>()
  const expected = new Map<string, HostileAnswer>()
  const counts = new Map<string, number>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
    let text = ''
    let isAnswered = false
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      const path = /^\w+ (\S+) HTTP/.exec(text)?.[1]
      if (path === undefined || isAnswered) return
      const answer = expected.get(path)
      if (answer?.pace !== 'early' && !isWhole(text)) return
      isAnswered = true
      counts.set(path, (counts.get(path) ?? 0) + 1)
      expected.delete(path)
      if (answer) void sayAnswer(socket, answer)
      else socket.end('HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n')
    })
  })
  server.listen(0, OUTSIDE_ADDRESS)
  await once(server, 'listening')
  return {
    origin: `http://${OUTSIDE_ADDRESS}:${(server.address() as AddressInfo).port}`,
    expect: (path, answer) => void expected.set(path, answer),
    requestsTo: (path) => counts.get(path) ?? 0,
    forget(path) {
      expected.delete(path)
      counts.delete(path)
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

function isWhole(text: string): boolean {
  const end = text.indexOf(HEAD_END)
  const length = Number(/^content-length: (\d+)/im.exec(text)?.[1])
  return end >= 0 && text.length >= end + HEAD_END.length + length
}

export async function sayAnswer(socket: Socket, answer: HostileAnswer): Promise<void> {
  if (answer.pace === 'never') return
  const bytes = bytesOfAnswer(answer)
  if (answer.pace === 'byte by byte') await sayByByte(socket, bytes)
  else socket.write(bytes)
  if (answer.body === 'endless') pour(socket, ENDLESS_CHUNK)
  else if (answer.end === 'ends') socket.end()
  else if (answer.end === 'resets') socket.resetAndDestroy()
}
