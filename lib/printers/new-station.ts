import type { PortRange } from '../config.ts'
import { InvalidError } from '../errors.ts'
import { paperSizeByKey } from './paper-sizes.ts'
import type { NewPrinter, NewStation } from './printer.ts'
import type { Orientation } from './printer-capability.ts'
import { assertConnection } from './printer-connection.ts'
import type { PrinterInsert } from './printer-store.ts'
import type { StationInsert } from './station-store.ts'

const BOTH_ORIENTATIONS: readonly Orientation[] = ['portrait', 'landscape']

/** What the form of a station can't say: unique names in its list, registered paper sizes, connections. Throws InvalidError. */
export function assertNewStation({ printers }: NewStation, printerPorts: readonly PortRange[]): void {
  const names = new Set<string>()
  for (const [index, printer] of (printers ?? []).entries()) {
    const field = `printers.${index}`
    if (names.has(printer.name)) {
      throw new InvalidError(
        `${field}.name`,
        'duplicate',
        `${field}.name is that of another printer of the list`,
      )
    }
    names.add(printer.name)
    assertPageSizes(printer.pageSizes ?? [], `${field}.page_size`)
    if (printer.connection)
      assertConnection(printer.connection, { field: `${field}.connection`, printerPorts })
  }
}

function assertPageSizes(keys: readonly string[], field: string): void {
  const unknown = keys.find((key) => paperSizeByKey(key) === null)
  if (unknown === undefined) return
  throw new InvalidError(
    field,
    'unknown_paper_size',
    `${field} names ${unknown}, which is no registered size`,
  )
}

export function toStationInsert(
  station: NewStation,
  { stationId, createdBy }: { stationId: string; createdBy: string },
): StationInsert {
  return {
    stationId,
    locationId: station.locationId,
    name: station.name,
    displayName: station.displayName ?? station.name,
    code: station.code ?? null,
    status: station.status ?? 'online',
    deviceToken: station.deviceToken ?? null,
    allowAllUsers: station.allowAllUsers ?? true,
    allowedUsers: station.allowedUsers ?? [],
    isPoolingEnabled: station.isPoolingEnabled ?? false,
    createdBy,
  }
}

export function toPrinterInsert(
  printer: NewPrinter,
  place: Pick<PrinterInsert, 'printerId' | 'stationId' | 'position'>,
): PrinterInsert {
  return {
    ...place,
    name: printer.name,
    model: printer.model ?? null,
    code: printer.code ?? null,
    pool: printer.pool ?? null,
    status: printer.status ?? 'online',
    hasColor: printer.hasColor ?? false,
    hasDuplex: printer.hasDuplex ?? false,
    orientations: orElse(printer.orientations, BOTH_ORIENTATIONS),
    priority: printer.priority ?? null,
    pageSizes: [...new Set(printer.pageSizes ?? [])],
    configuration: {
      dpi: null,
      speed: null,
      spooling: false,
      port: null,
      type: null,
      thermal: null,
      ...printer.configuration,
    },
    connection: printer.connection ?? { type: 'station' },
  }
}

/** An empty list says as little as none. */
function orElse<T>(list: readonly T[] | null | undefined, otherwise: readonly T[]): readonly T[] {
  return list && list.length > 0 ? list : otherwise
}
