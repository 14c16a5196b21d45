import type { PrinterSummary, StationWithPrinters } from '../../../printers/printer.ts'

/** A station as packers choose one: the members of the REST interface that they need, under the same names. */
export function toPackingStationJson(station: StationWithPrinters) {
  return {
    id: station.stationId,
    name: station.name,
    display_name: station.displayName,
    code: station.code,
    status: station.status,
    location_id: station.location.locationId,
    printers: station.printers.map(toPackingPrinterJson),
  }
}

function toPackingPrinterJson(printer: PrinterSummary) {
  return {
    id: printer.printerId,
    name: printer.name,
    model: printer.model,
    code: printer.code,
    pool: printer.pool,
    status: printer.status,
    paused: printer.isPaused,
    state_reasons: printer.stateReasons,
    queue_depth: printer.queueDepth,
  }
}
