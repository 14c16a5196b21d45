import type { PrinterSummary } from '../../../printers/printer.ts'
import { holdView } from './hold-view.ts'

/** A printer within its station. */
export function printerView(printer: PrinterSummary) {
  return {
    object: 'printer',
    id: printer.printerId,
    name: printer.name,
    model: printer.model,
    code: printer.code,
    pool: printer.pool,
    // A printer is as offline as its station.
    status: printer.isStationOffline ? 'offline' : printer.status,
    paused: printer.isPaused,
    held: holdView('printer', printer.heldAt),
    state_reasons: printer.stateReasons,
    queue_depth: printer.queueDepth,
    configuration: configurationView(printer),
    page_size: Object.fromEntries(printer.pageSizes.map((key) => [key, true])),
    connection: printer.connection,
    created_at: printer.createdAt.toISOString(),
    updated_at: printer.updatedAt.toISOString(),
  }
}

/** A printer by itself. */
export function placedPrinterView(printer: PrinterSummary) {
  const { stationId, name, displayName } = printer.station
  return {
    ...printerView(printer),
    location_id: printer.locationId,
    station: { id: stationId, name, display_name: displayName },
  }
}

function configurationView({ configuration, hasColor, hasDuplex, priority, orientations }: PrinterSummary) {
  const { dpi, speed, spooling, port, type, thermal, zplGraphics } = configuration
  return {
    dpi,
    speed,
    color_print: hasColor,
    double_sided: hasDuplex,
    spooling,
    port,
    priority,
    type,
    orientations,
    thermal,
    ...(zplGraphics && { zpl_graphics: zplGraphics }),
  }
}
