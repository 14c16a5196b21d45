import type { IncomingMessage, ServerResponse } from 'node:http'
import { type HttpServer, startHttpServer } from '../http/http-server.ts'
import type { ThermalDoor } from './thermal-access.ts'
import type { ThermalEndpoint } from './thermal-endpoint.ts'

const LOOPBACK = ['127.0.0.1', '::1']
/** A machine without IPv6. */
const NO_ADDRESS = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT'])

/** The loopback port that needs no key: contracts/thermal.md, section 1. */
export async function startLocalDoor(
  endpoint: ThermalEndpoint,
  {
    port,
    origins,
    drainMs,
  }: { readonly port: number; readonly origins: readonly string[]; readonly drainMs: number },
): Promise<{ close(): Promise<void> }> {
  const door: ThermalDoor = { kind: 'local', origins }
  const answer = (request: IncomingMessage, response: ServerResponse) =>
    void endpoint.answer(door, request, response).then((isAnswered) => {
      if (!isAnswered) response.writeHead(404).end()
    })
  const servers: HttpServer[] = []
  const close = async () => {
    await Promise.all(servers.map((server) => server.close()))
  }
  try {
    for (const host of LOOPBACK) {
      const options = { host, port, drainMs, onUpgrade: upgradeAt(endpoint, door) }
      const server = await startHttpServer(answer, options).catch(unlessMissing)
      if (server) servers.push(server)
    }
  } catch (error) {
    await close()
    throw error
  }
  return { close }
}

export function upgradeAt(endpoint: ThermalEndpoint, door: ThermalDoor) {
  return (...[request, socket, head]: UpgradeArguments): void =>
    void endpoint.upgrade(door, request, socket, head)
}

type UpgradeArguments = [
  Parameters<ThermalEndpoint['upgrade']>[1],
  Parameters<ThermalEndpoint['upgrade']>[2],
  Parameters<ThermalEndpoint['upgrade']>[3],
]

function unlessMissing(error: unknown): undefined {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (!NO_ADDRESS.has(code)) throw error
}
