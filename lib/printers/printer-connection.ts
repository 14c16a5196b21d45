import { isIP } from 'node:net'
import type { PortRange } from '../config.ts'
import type { Connection, IppConnection, SocketConnection } from '../delivery/connection.ts'
import { identityCheck, toEndpoint } from '../delivery/ipp-endpoint.ts'
import { InvalidError } from '../errors.ts'

export interface ConnectionRules {
  /** Path of the connection in what was given, `printers.0.connection`. */
  readonly field: string
  /** `PRINTER_PORTS`: a printer may not be pointed at whatever else listens in the warehouse. */
  readonly printerPorts: readonly PortRange[]
}

const HOST_NAME = /^(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_.])?$/
/** A printer-uri is an IPP `uri` value: RFC 8011, section 5.1.6. */
const URI_BYTES_MAX = 1023

/** All that is wrong with a connection that has the form of one: contracts/running.md, "connection". */
export function connectionErrors(connection: Connection, rules: ConnectionRules): readonly InvalidError[] {
  switch (connection.type) {
    case 'socket':
      return refusalsOf([() => assertHost(connection, rules), () => assertSocketPort(connection, rules)])
    case 'ipp':
      return refusalsOf([() => assertIppPort(connection, rules), () => assertCertificate(connection, rules)])
    case 'virtual':
    case 'station':
      return []
  }
}

function refusalsOf(checks: readonly (() => void)[]): readonly InvalidError[] {
  return checks.flatMap((check) => {
    try {
      check()
      return []
    } catch (error) {
      if (error instanceof InvalidError) return [error]
      throw error
    }
  })
}

function assertHost({ host }: SocketConnection, { field }: ConnectionRules): void {
  if (isHost(host)) return
  throw new InvalidError(`${field}.host`, 'malformed', `${field}.host is neither an address nor a host name`)
}

function assertSocketPort({ port }: SocketConnection, { field, printerPorts }: ConnectionRules): void {
  assertPort(port, `${field}.port`, printerPorts)
}

function assertIppPort(connection: IppConnection, { field, printerPorts }: ConnectionRules): void {
  assertPort(portOf(connection, `${field}.uri`), `${field}.uri`, printerPorts)
}

function assertCertificate({ ca }: IppConnection, { field }: ConnectionRules): void {
  if (ca === undefined || isPem(ca)) return
  throw new InvalidError(`${field}.ca`, 'malformed', `${field}.ca holds no certificate in PEM`)
}

/** The URI is answered to everybody who may see the printer, so a password in it would be too. */
function portOf({ uri }: IppConnection, field: string): number {
  if (!URL.canParse(uri) || Buffer.byteLength(uri) > URI_BYTES_MAX) throw malformedUri(field)
  const { protocol, username, password } = new URL(uri)
  if (username !== '' || password !== '') {
    throw new InvalidError(
      field,
      'userinfo',
      `${field} must not hold a user name or password; they have members of their own`,
    )
  }
  if (protocol !== 'ipp:' && protocol !== 'ipps:') throw malformedUri(field)
  const { host, port } = toEndpoint({ type: 'ipp', uri })
  if (!isHost(host)) throw malformedUri(field)
  return port
}

function malformedUri(field: string): InvalidError {
  return new InvalidError(
    field,
    'malformed',
    `${field} must be like ipp://printer.example/ipp/print, or ipps:`,
  )
}

function assertPort(port: number, field: string, ranges: readonly PortRange[]): void {
  if (ranges.some(({ first, last }) => first <= port && port <= last)) return
  throw new InvalidError(
    field,
    'port_not_allowed',
    `${field} names port ${port}, and printers may have ${ranges.map(rangeText).join(', ')}`,
  )
}

function rangeText({ first, last }: PortRange): string {
  return first === last ? `${first}` : `${first}-${last}`
}

function isHost(host: string): boolean {
  return isIP(host) !== 0 || HOST_NAME.test(host)
}

function isPem(ca: string): boolean {
  try {
    identityCheck(ca)
    return true
  } catch {
    return false
  }
}
