import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Connection, IppConnection, SocketConnection as SocketAddress } from './connection.ts'
import { IppClient, wordsOf } from './ipp-client.ts'
import { IppDecodeError } from './ipp-decoder.ts'
import { toEndpoint } from './ipp-endpoint.ts'
import { STATUS, statusClass, statusText } from './ipp-status.ts'
import { IppTransportError } from './ipp-transport-error.ts'
import { SocketConnection, SocketError } from './socket-connection.ts'
import { PRIVATE_FILE, PRIVATE_FOLDER, safeName } from './virtual-driver.ts'

/** The printer couldn't be made to show itself: `unsupported` never will, `unreachable` may later. */
export class IdentificationError extends Error {
  override readonly name = 'IdentificationError'
  readonly failure: 'unsupported' | 'unreachable'
  constructor(failure: IdentificationError['failure'], message: string) {
    super(message)
    this.failure = failure
  }
}

export interface Identification {
  readonly printerName: string
  /** Shown by printers that show who asked. */
  readonly userName: string
  /** The folder of all virtual printers. */
  readonly folder: string
  readonly signal: AbortSignal
}

/**
 * The printer blinks, beeps or prints its name. A raw socket printer that is busy lets the connection wait: nothing gets
 * into the midst of a document. Throws IdentificationError.
 */
export async function identifyPrinter(connection: Connection, identification: Identification): Promise<void> {
  switch (connection.type) {
    case 'ipp':
      return identifyByIpp(connection, identification)
    case 'socket':
      return identifyBySocket(connection, identification)
    case 'virtual':
      return identifyFolder(identification)
    case 'station':
      throw new IdentificationError('unsupported', 'only the client of its station reaches this printer')
  }
}

const TIMEOUTS = { connectMs: 5_000, responseMs: 10_000, requestMs: 10_000, documentMs: 10_000 }
const STALL_MS = 5_000
const SILENCE_MS = 1_000

async function identifyByIpp(connection: IppConnection, { userName, signal }: Identification): Promise<void> {
  const client = new IppClient({ endpoint: toEndpoint(connection), timeouts: TIMEOUTS })
  try {
    const response = await client.identifyPrinter(userName, signal)
    if (statusClass(response.code) === 'ok') return
    const words = [statusText(response.code), wordsOf(response)].filter(Boolean).join(': ')
    const isUnsupported = response.code === STATUS.operationNotSupported
    throw new IdentificationError(isUnsupported ? 'unsupported' : 'unreachable', words)
  } catch (error) {
    const isFailure = error instanceof IppTransportError || error instanceof IppDecodeError
    throw isFailure ? new IdentificationError('unreachable', error.message) : error
  } finally {
    client.close()
  }
}

async function identifyBySocket(address: SocketAddress, identification: Identification): Promise<void> {
  const bytes = nameInLanguage(address.language, identification.printerName)
  const connection = new SocketConnection(address, identification.signal)
  try {
    await connection.connected(TIMEOUTS.connectMs)
    await connection.write(bytes, STALL_MS, () => undefined)
    await connection.finish(STALL_MS, SILENCE_MS)
  } catch (error) {
    if (!(error instanceof SocketError)) throw error
    throw new IdentificationError('unreachable', `${address.host}:${address.port}: ${error.message}`)
  } finally {
    connection.close()
  }
}

function nameInLanguage(language: SocketAddress['language'], printerName: string): Buffer {
  const name = printerName
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .replace(/[^\x20-\x7e]/gu, '?')
  switch (language) {
    case 'zpl':
      // Field hex: `^`, `~` and the escape itself would be commands (ZPL II, `^FH`).
      return Buffer.from(`^XA^FO20,20^A0N,32,32^FH_^FD${name.replace(/[\^~_]/g, toHex)}^FS^XZ\n`, 'latin1')
    case 'escpos':
      // BEL sounds the buzzer where there is one; GS V 66 feeds and cuts.
      return Buffer.from(`\x1b@\x07${name}\n\n\n\x1dV\x42\x00`, 'latin1')
    case 'pdf':
    case 'raw':
      throw new IdentificationError(
        'unsupported',
        `a socket printer of language ${language} can't be asked to`,
      )
  }
}

function toHex(sign: string): string {
  return `_${sign.charCodeAt(0).toString(16).toUpperCase()}`
}

async function identifyFolder({ folder, printerName }: Identification): Promise<void> {
  const own = join(folder, safeName(printerName))
  await mkdir(own, { recursive: true, mode: PRIVATE_FOLDER })
  await writeFile(join(own, 'identify.txt'), `${printerName}\n${new Date().toISOString()}\n`, {
    mode: PRIVATE_FILE,
  })
}
