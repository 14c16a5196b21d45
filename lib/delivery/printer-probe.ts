import type { Connection, IppConnection, SocketConnection as SocketAddress } from './connection.ts'
import { askStatus } from './escpos-status.ts'
import { IppClient } from './ipp-client.ts'
import { IppDecodeError } from './ipp-decoder.ts'
import { toEndpoint } from './ipp-endpoint.ts'
import { readPrinterState } from './ipp-printer-state.ts'
import { IppTransportError } from './ipp-transport-error.ts'
import { SocketConnection, SocketError } from './socket-connection.ts'
import { ZebraDialogue } from './zebra-dialogue.ts'

/** How a printer without a job is. */
export interface ProbeFinding {
  readonly isReachable: boolean
  /** As IPP has them, without severity suffix; empty for those that don't tell. */
  readonly stateReasons: readonly string[]
}

const TIMEOUTS = { connectMs: 5_000, responseMs: 10_000, requestMs: 10_000, documentMs: 10_000 }
const STATUS_MS = 2_000
const UNREACHABLE: ProbeFinding = { isReachable: false, stateReasons: [] }

/** Asks a printer how it is; of sockets that can't be asked only whether they take a connection. Sends no document. */
export async function probePrinter(
  connection: Connection,
  signal: AbortSignal,
): Promise<ProbeFinding | undefined> {
  switch (connection.type) {
    case 'ipp':
      return probeIpp(connection, signal)
    case 'socket':
      return probeSocket(connection, signal)
    case 'virtual':
    case 'station':
      return undefined
  }
}

async function probeIpp(connection: IppConnection, signal: AbortSignal): Promise<ProbeFinding | undefined> {
  const client = new IppClient({ endpoint: toEndpoint(connection), timeouts: TIMEOUTS })
  try {
    const state = await readPrinterState(client, signal)
    if (!state) return undefined
    const isUnexplained = state.isStopped && state.stateReasons.length === 0
    return { isReachable: true, stateReasons: isUnexplained ? ['paused'] : state.stateReasons }
  } catch (error) {
    if (!(error instanceof IppTransportError || error instanceof IppDecodeError)) throw error
    return signal.aborted ? undefined : UNREACHABLE
  } finally {
    client.close()
  }
}

async function probeSocket(address: SocketAddress, signal: AbortSignal): Promise<ProbeFinding | undefined> {
  const connection = new SocketConnection(address, signal)
  try {
    await connection.connected(TIMEOUTS.connectMs)
    return { isReachable: true, stateReasons: await askSocket(connection, address.language) }
  } catch (error) {
    if (!(error instanceof SocketError)) throw error
    return signal.aborted ? undefined : UNREACHABLE
  } finally {
    connection.close()
  }
}

/** Silence is no trouble. */
async function askSocket(
  connection: SocketConnection,
  language: SocketAddress['language'],
): Promise<readonly string[]> {
  switch (language) {
    case 'zpl':
      return (await new ZebraDialogue(connection).ask(STATUS_MS))?.stateReasons ?? []
    case 'escpos':
      return (await askStatus(connection, STATUS_MS)).trouble?.stateReasons ?? []
    case 'pdf':
    case 'raw':
      return []
  }
}
