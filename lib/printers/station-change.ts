/** Stations and printers after a change: contracts/cloud-printing.md, section 5, "change". Pure. */
import type { Connection } from '../delivery/connection.ts'
import type { NewPrinter, NewStation, Printer, Station, StationChange } from './printer.ts'

/** What a printer's row is made of after a change: what is absent or null stays. */
export function changedPrinter(before: Printer, { configuration, ...change }: NewPrinter): NewPrinter {
  const given = present(change)
  const connection = connectionAfter(before.connection, change.connection)
  return {
    ...asNewPrinter(before),
    ...given,
    status: statusAfter(before, change.status, connection.type),
    configuration: { ...before.configuration, ...present(configuration ?? {}) },
    connection,
  }
}

export function asNewPrinter(printer: Printer): NewPrinter {
  const { name, model, code, pool, status, hasColor, hasDuplex, orientations, priority } = printer
  const { pageSizes, configuration, connection } = printer
  return {
    name,
    model,
    code,
    pool,
    status,
    hasColor,
    hasDuplex,
    orientations,
    priority,
    pageSizes,
    configuration,
    connection,
  }
}

export function changedStation(
  before: Station,
  { printers: _printers, ...change }: StationChange,
): NewStation {
  const { name, displayName, code, deviceToken, allowAllUsers, allowedUsers, isPoolingEnabled } = before
  return {
    locationId: before.location.locationId,
    name,
    displayName,
    code,
    deviceToken,
    allowAllUsers,
    allowedUsers,
    isPoolingEnabled,
    ...present(change),
    // A silent station answers `offline`: who sends its answer back doesn't mean to switch it off for good.
    status: change.status === 'offline' && before.isSilent ? before.status : (change.status ?? before.status),
  }
}

/**
 * For `socket` and `ipp` the status is what was found at the printer, which says nothing of another way to it. An answer may be
 * sent back, as for stations.
 */
function statusAfter(
  before: Printer,
  status: NewPrinter['status'],
  type: Connection['type'],
): Printer['status'] {
  if (isFound(type)) return before.status
  if (isFound(before.connection.type) && (status ?? before.status) === before.status) return 'online'
  if (status === 'offline' && before.isStationOffline) return before.status
  return status ?? before.status
}

function isFound(type: Connection['type']): boolean {
  return type === 'socket' || type === 'ipp'
}

/** A connection is replaced as a whole, but for the password, which no answer holds: it stays with its printer and user. */
function connectionAfter(before: Connection, given: NewPrinter['connection']): Connection {
  if (!given) return before
  if (given.type !== 'ipp' || before.type !== 'ipp') return given
  const isSame = given.uri === before.uri && given.username === before.username
  const { password = isSame ? before.password : undefined, ...connection } = given
  return password === undefined ? connection : { ...connection, password }
}

function present<T extends object>(members: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== null && value !== undefined),
  ) as Partial<T>
}
