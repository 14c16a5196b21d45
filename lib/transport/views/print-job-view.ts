import type { DocumentLinks } from '../../documents/document-links.ts'
import type { PrintJob, PrintOptions } from '../../print-jobs/print-job.ts'

/** A print job as every interface answers it: contracts/cloud-printing.md, section 3, the table of the answer. */
export function printJobView(job: PrintJob, links: DocumentLinks) {
  return {
    object: 'print_job',
    id: job.jobId,
    name: job.name,
    status: job.status,
    reason: job.reason,
    data_url: links.urlOf(job.documentId),
    data_type: job.mediaType,
    resource_type: job.resourceType,
    resource_id: job.resourceId,
    resource_document: job.resourceDocument,
    location_id: job.locationId,
    station: { id: job.station.stationId, name: job.station.name, display_name: job.station.displayName },
    printer: { id: job.printer.printerId, name: job.printer.name, model: job.printer.model },
    options: optionsView(job.options),
    created_at: job.createdAt.toISOString(),
    updated_at: job.updatedAt.toISOString(),
    created_by: job.createdBy,
    updated_by: job.updatedBy,
    expires_at: job.expiresAt.toISOString(),
    reprint_of: job.reprintOf,
    reprint_reason: job.reprintReason,
    warnings: job.warnings,
    state_reasons: job.stateReasons,
    claim: job.claim && { expires_at: job.claim.expiresAt.toISOString() },
  }
}

/** Accepted back as `configuration`. */
function optionsView(options: PrintOptions) {
  return {
    paper_size: options.paperSize === null ? null : `page_size_${options.paperSize}`,
    copies: options.copies,
    total_pages: options.totalPages,
    orientation: options.orientation,
    color_print: options.colorPrint,
    double_sided: options.doubleSided,
    print_all_pages: options.printAllPages,
    pages_to_print: options.pagesToPrint,
    reverse_order: options.reverseOrder,
    scaling: options.scaling,
  }
}
