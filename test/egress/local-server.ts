import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, connect, createServer as createSocketServer } from 'node:net'
import { type Egress, EgressError } from '../../lib/egress/egress.ts'
import { parseEgressAllow } from '../../lib/egress/egress-allow.ts'
import { createEgress, type EgressOptions } from '../../lib/egress/egress-client.ts'

export interface LocalServer {
  readonly origin: string
  readonly port: number
  /** Every request so far, oldest first. */
  readonly requests: readonly IncomingMessage[]
  close(): Promise<void>
}

/** A real server on a free port of 127.0.0.1; with `pem` (key and certificate) it speaks TLS. */
export async function serve(listener: RequestListener, pem?: string): Promise<LocalServer> {
  const requests: IncomingMessage[] = []
  const recording: RequestListener = (request, response) => {
    requests.push(request)
    listener(request, response)
  }
  const server: Server =
    pem === undefined ? createServer(recording) : createTlsServer({ key: pem, cert: pem }, recording)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    origin: `${pem === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    requests,
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

/** The same requests by http and https on one port: a TLS record begins with 22 (RFC 8446, section 5.1), HTTP with a letter. */
export async function serveBothSchemes(listener: RequestListener, pem: string): Promise<LocalServer> {
  const plain = await serve(listener)
  const secure = await serve(listener, pem)
  const front = createSocketServer((socket) => {
    socket.once('data', (head) => {
      const back = connect(head[0] === 22 ? secure.port : plain.port, '127.0.0.1')
      back.write(head)
      socket.pipe(back).pipe(socket)
      for (const end of [socket, back])
        end.on('error', () => {}).on('close', () => void (socket.destroy(), back.destroy()))
    })
  })
  front.listen(0, '127.0.0.1')
  await once(front, 'listening')
  const { port } = front.address() as AddressInfo
  return {
    origin: `https://127.0.0.1:${port}`,
    port,
    get requests() {
      return [...secure.requests, ...plain.requests]
    },
    async close() {
      front.close()
      await Promise.all([plain.close(), secure.close(), once(front, 'close')])
    },
  }
}

/** Key and self-signed certificate in one PEM, for the given subject alternative names. */
export function selfSignedPem(subjectAltName: string): string {
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', '-']
  const subject = ['-subj', '/CN=packhouse.test', '-addext', `subjectAltName=${subjectAltName}`]
  return execFileSync('openssl', ['req', '-x509', ...newKey, '-days', '2', ...subject], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
}

export function certificateOf(pem: string): string {
  return pem.slice(pem.indexOf('-----BEGIN CERTIFICATE-----'))
}

/** An egress that may reach 127.0.0.1 and asks no real resolver unless the test says so. */
export function localEgress(options: Partial<EgressOptions> = {}): Egress {
  return createEgress({
    allow: parseEgressAllow('127.0.0.1'),
    lookup: () => Promise.reject(Object.assign(new Error('no resolver in tests'), { code: 'ENOTFOUND' })),
    ...options,
  })
}

/** What the download was refused with; fails if it wasn't, or with another kind of error. */
export async function refusalOf(download: Promise<unknown>): Promise<EgressError> {
  const outcome = await download.then(
    () => new Error('the download was not refused'),
    (error: unknown) => error,
  )
  if (outcome instanceof EgressError) return outcome
  throw outcome
}
