import { once } from 'node:events'
import { createServer, type IncomingMessage, request as forward } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ProxyAnswer {
  readonly status: number
  readonly type: string
  readonly body: string
}

/** A proxy between a client and the server, which sometimes answers itself. */
export interface FickleProxy {
  readonly url: string
  /** Where requests go that it doesn't answer. */
  target: string
  /** Asked for every request; null forwards it. */
  answer: (request: IncomingMessage, body: string) => ProxyAnswer | null
  close(): Promise<void>
}

export async function startFickleProxy(): Promise<FickleProxy> {
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const body = Buffer.concat(chunks)
      const own = proxy.answer(request, body.toString())
      if (own) {
        response.writeHead(own.status, { 'Content-Type': own.type }).end(own.body)
        return
      }
      const { method, headers, url = '' } = request
      const upstream = forward(new URL(url, proxy.target), { method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      })
      upstream.on('error', () => response.destroy())
      response.on('close', () => upstream.destroy())
      upstream.end(body)
    })().catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const proxy: FickleProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    target: '',
    answer: () => null,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return proxy
}
