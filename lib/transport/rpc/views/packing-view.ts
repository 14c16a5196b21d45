import type { Package } from '../../../orders/order.ts'
import type { Confirmation } from '../../../packing/confirmation.ts'
import type { OccurrenceReport, PackingPreview, PackingView } from '../../../packing/packing-view.ts'
import type { PrintJob } from '../../../print-jobs/print-job.ts'
import type { RoutingCandidate } from '../../../printers/routing.ts'
import { isoTime } from './iso-time.ts'

/** A packing view as contracts/packing.md shows it. */
export function toPackingViewJson(view: PackingView) {
  return {
    package: toPackingPackageJson(view.package),
    occurrences: view.occurrences.map(toOccurrenceJson),
    can_finish: view.canFinish,
    blockers: view.blockers,
  }
}

export function toPackingPackageJson({ packageId, shipmentId, orderUniqueId, status }: Package) {
  return { package_id: packageId, shipment_id: shipmentId, order_unique_id: orderUniqueId, status }
}

export function toOccurrenceJson({ occurrence, instruction, printJob }: OccurrenceReport) {
  return {
    instruction_id: instruction.instructionId,
    revision: occurrence.revision,
    note: instruction.note,
    file_name: instruction.fileName,
    presentation: instruction.presentation,
    print_target: instruction.printTarget,
    state: occurrence.state,
    because: occurrence.because,
    confirmation: occurrence.confirmation && toConfirmationJson(occurrence.confirmation),
    print_job: printJob && toPrintJobJson(printJob),
  }
}

/** Every occurrence of the order with what it applies to and the printer that its file would go to. */
export function toPreviewJson({ order, packages, occurrences }: PackingPreview) {
  return {
    order_unique_id: order.uniqueId,
    packages: packages.map(toPackingPackageJson),
    occurrences: occurrences.map((report) => ({
      ...toOccurrenceJson(report),
      applies_to: report.occurrence.scope,
      printer: report.route?.printer ? toRoutedPrinterJson(report.route.printer) : null,
      obstacles: report.route && !report.route.printer ? report.route.obstacles : [],
    })),
  }
}

function toRoutedPrinterJson({ id, name, model, station }: RoutingCandidate) {
  return {
    id,
    name,
    model,
    station: { id: station.id, name: station.name, display_name: station.displayName },
  }
}

export function toConfirmationJson(confirmation: Confirmation) {
  return {
    confirmed_id: confirmation.confirmedId,
    confirmed_at: isoTime(confirmation.confirmedAt),
    confirmed_by: confirmation.confirmedBy,
    station_id: confirmation.stationId,
    package_id: confirmation.packageId,
    revision: confirmation.revision,
  }
}

/** A print job with the one before and why that wasn't enough. */
export function toReprintJson(job: PrintJob) {
  return { ...toPrintJobJson(job), reprint_of: job.reprintOf, reprint_reason: job.reprintReason }
}

/** `reason` tells why it failed, or what a queued job waits for. */
function toPrintJobJson({ jobId, status, reason, stateReasons, printer, options }: PrintJob) {
  return {
    id: jobId,
    status,
    reason: reason ?? (stateReasons.length > 0 ? stateReasons.join(', ') : null),
    printer: { id: printer.printerId, name: printer.name, model: printer.model },
    pages: options.totalPages,
  }
}
