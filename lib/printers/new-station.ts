import type { PortRange } from '../config.ts'
import { isStorableText } from '../db/storable-text.ts'
import { InvalidError } from '../errors.ts'
import { thermalSettingsErrors } from '../thermal/thermal-settings-check.ts'
import { paperSizeByKey } from './paper-sizes.ts'
import type { NewPrinter, NewStation, PrinterConfiguration } from './printer.ts'
import type { Orientation } from './printer-capability.ts'
import { connectionErrors } from './printer-connection.ts'
import type { PrinterInsert } from './printer-store.ts'
import type { StationInsert } from './station-store.ts'

const BOTH_ORIENTATIONS: readonly Orientation[] = ['portrait', 'landscape']

/** Throws InvalidError about the first thing that is wrong, with all of them in `errors` when there are more. */
export function assertPrinters(printers: readonly PrinterDraft[], printerPorts: readonly PortRange[]): void {
  const errors = printerErrors(printers, printerPorts)
  const [first] = errors
  if (!first) return
  const { field = null, reason = 'invalid' } = first.details
  const more = errors.length > 1 ? { errors: errors.map(({ message }) => message) } : {}
  throw new InvalidError(field, reason, first.message, more)
}

/** What is known of a printer's form: members that break it are left out. */
export interface PrinterDraft extends Omit<NewPrinter, 'name'> {
  readonly name?: string
}

/** What the form of a station can't say: unique names in its list, registered paper sizes, connections, thermal settings. */
export function printerErrors(
  printers: readonly PrinterDraft[],
  printerPorts: readonly PortRange[],
): readonly InvalidError[] {
  const names = new Set<string>()
  return printers.flatMap(({ name, pageSizes, connection, configuration }, index) => {
    const field = `printers.${index}`
    const isRepeated = name !== undefined && names.has(name)
    if (name !== undefined) names.add(name)
    return [
      ...(isRepeated ? [repeatedName(`${field}.name`)] : []),
      ...pageSizeErrors(pageSizes ?? [], `${field}.page_size`),
      ...thermalErrors(configuration?.thermal ?? null, `${field}.configuration.thermal`),
      ...(connection ? connectionErrors(connection, { field: `${field}.connection`, printerPorts }) : []),
    ]
  })
}

function repeatedName(field: string): InvalidError {
  return new InvalidError(field, 'duplicate', `${field} is that of another printer of the list`)
}

function pageSizeErrors(keys: readonly string[], field: string): readonly InvalidError[] {
  return keys
    .filter((key) => paperSizeByKey(key) === null)
    .map(
      (key) =>
        new InvalidError(field, 'unknown_paper_size', `${field} names ${key}, which is no registered size`),
    )
}

function thermalErrors(thermal: PrinterConfiguration['thermal'], field: string): readonly InvalidError[] {
  if (thermal === null) return []
  const unstorable = Object.entries(thermal)
    .filter(([, value]) => [value].flat().some((text) => typeof text === 'string' && !isStorableText(text)))
    .map(([name]) => `${name} must not hold U+0000`)
  return [...thermalSettingsErrors(thermal), ...unstorable].map(
    (words) => new InvalidError(`${field}.${words.split(' ', 1)[0]}`, 'invalid', `${field}.${words}`),
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
