import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { type AccessServices, createAccessServices } from './access/access-services.ts'
import type { Config } from './config.ts'
import { discoverPrinters } from './delivery/printer-discovery.ts'
import {
  createDocumentRetentionService,
  type DocumentRetentionService,
} from './documents/document-retention-service.ts'
import { createDocumentsService, type DocumentsService } from './documents/documents-service.ts'
import { createEgress } from './egress/egress-client.ts'
import { createEgressGuard } from './egress/egress-guard.ts'
import { createIdempotencyService, type IdempotencyService } from './idempotency/idempotency-service.ts'
import { createInstructionsService, type InstructionsService } from './instructions/instructions-service.ts'
import { createLocationsService, type LocationsService } from './locations/locations-service.ts'
import type { Observe } from './observation.ts'
import {
  createOrderCancellationService,
  type OrderCancellationService,
} from './orders/order-cancellation-service.ts'
import { createOrderIntakeService, type OrderIntakeService } from './orders/order-intake-service.ts'
import { createOrdersService, type OrdersService } from './orders/orders-service.ts'
import { createConfirmationsService } from './packing/confirmations-service.ts'
import { createPackingService, type PackingService } from './packing/packing-service.ts'
import { createJobCancellationService } from './print-jobs/job-cancellation-service.ts'
import { createJobServices, createLabelServices, type JobServices } from './print-jobs/job-services.ts'
import { createPrintJobsService, type PrintJobsService } from './print-jobs/print-jobs-service.ts'
import { createPrinterCommandsService } from './print-jobs/printer-commands-service.ts'
import { RENDERABLE } from './printers/printer-capability.ts'
import {
  createPrinterControlService,
  type PrinterControlService,
} from './printers/printer-control-service.ts'
import {
  createPrinterDiscoveryService,
  type PrinterDiscoveryService,
} from './printers/printer-discovery-service.ts'
import { createPrintersService, type PrintersService } from './printers/printers-service.ts'
import { createStationsService, type StationsService } from './printers/stations-service.ts'
import type { Rendering } from './rendering/rendering.ts'
import { createReceiptsService, type ReceiptsService } from './thermal/receipts-service.ts'
import { createTemplatesService, type TemplatesService } from './thermal/templates-service.ts'
import {
  createThermalCommandsService,
  type ThermalCommandsService,
} from './thermal/thermal-commands-service.ts'
import { createThermalJobsService, type ThermalJobsService } from './thermal/thermal-jobs-service.ts'
import { createThermalWork } from './thermal/thermal-work.ts'
import { createEventsService, type EventsService } from './webhooks/events-service.ts'
import { createWebhookServices, type WebhookServices } from './webhooks/webhook-services.ts'

/** Every service, built in one place: the transports get this and nothing else. */
export interface Services extends AccessServices, JobServices, WebhookServices {
  readonly documentRetention: DocumentRetentionService
  readonly documents: DocumentsService
  readonly events: EventsService
  readonly idempotency: IdempotencyService
  readonly instructions: InstructionsService
  readonly locations: LocationsService
  readonly orderCancellation: OrderCancellationService
  readonly orderIntake: OrderIntakeService
  readonly orders: OrdersService
  readonly packing: PackingService
  readonly printerControl: PrinterControlService
  readonly printerDiscovery: PrinterDiscoveryService
  readonly printers: PrintersService
  readonly printJobs: PrintJobsService
  readonly receipts: ReceiptsService
  readonly stations: StationsService
  readonly templates: TemplatesService
  readonly thermalCommands: ThermalCommandsService
  readonly thermalJobs: ThermalJobsService
}

export interface ServicesOptions {
  readonly db: Knex
  readonly config: Config
  readonly rendering: Rendering
  /** Where virtual printers keep what they were sent. */
  readonly dataDir: string
  /** How long a station client's claim lasts; absent: as the contract says. */
  readonly claimTtlSeconds?: number | undefined
  /** Keys the fingerprints of repeated calls, which cover credentials. */
  readonly fingerprintKey: Buffer
  /** Signs links to documents. */
  readonly linkKey: Buffer
  /** What links start with; known once the server listens. */
  readonly baseUrl: () => string
  /** Of this process, once the others see it. */
  readonly processNumber: () => number | null
  readonly observe: Observe
  readonly log: Logger
}

export function createServices(options: ServicesOptions): Services {
  const { db, config, rendering, fingerprintKey, log } = options
  const administration = createAdministration(options)
  const documents = createDocumentsService(rendering)
  const egress = createEgress({ allow: config.egressAllow, log: log.child({ service: 'egress' }) })
  const events = createEventsService()
  const confirmations = createConfirmationsService()
  const printers = createPrintersService({ db, events, printerPorts: config.printerPorts })
  const printJobs = createPrintJobsService({ printers, renderable: RENDERABLE })
  const labels = createLabelServices(options, { documents, printers, printJobs })
  const orders = createOrdersService({ db, events })
  const instructions = createInstructionsService({
    db,
    orders,
    documents,
    egress,
    confirmations,
    printJobs,
    events,
    fingerprintKey,
  })
  const jobCancellation = createJobCancellationService()
  const orderCancellation = createOrderCancellationService({ db, orders, jobCancellation, events })
  const packing = createPackingService({
    db,
    orders,
    instructions,
    confirmations,
    documents,
    printers,
    printJobs,
    labelChecks: labels.labelChecks,
    events,
    rendering,
  })
  return {
    ...administration,
    ...createWebhookServices({
      db,
      guard: createEgressGuard({ allow: config.egressAllow }),
      observe: options.observe,
    }),
    ...createJobServices(options, { documents, egress, events, printers, printJobs, ...labels }),
    ...createPrinterServices(options, { events, printers }),
    documentRetention: createDocumentRetentionService({ db, days: config.documentRetentionDays }),
    documents,
    events,
    instructions,
    orderCancellation,
    orderIntake: createOrderIntakeService({ db, orders, instructions }),
    orders,
    packing,
    printers,
    printJobs,
    ...createThermalServices(options, {
      documents,
      locations: administration.locations,
      printers,
      printJobs,
    }),
    stations: createStationsService({
      db,
      locations: administration.locations,
      printers,
      jobCancellation,
      printerPorts: config.printerPorts,
    }),
  }
}

function createPrinterServices(
  { db, config, dataDir }: ServicesOptions,
  { events, printers }: Pick<Services, 'events' | 'printers'>,
): Pick<Services, 'printerControl' | 'printerDiscovery'> {
  return {
    printerControl: createPrinterControlService({ db, events, printers, dataDir }),
    printerDiscovery: createPrinterDiscoveryService(discoverPrinters, config),
  }
}

/** Receipts: contracts/thermal.md. */
function createThermalServices(
  { db, rendering }: ServicesOptions,
  parts: Pick<Services, 'documents' | 'locations' | 'printers' | 'printJobs'>,
): Pick<Services, 'receipts' | 'templates' | 'thermalCommands' | 'thermalJobs'> {
  const thermalWork = createThermalWork(rendering)
  const templates = createTemplatesService({ db, thermalWork })
  const receipts = createReceiptsService({ db, ...parts, templates, thermalWork })
  const printerCommands = createPrinterCommandsService()
  return {
    templates,
    receipts,
    thermalCommands: createThermalCommandsService({ db, receipts, printerCommands }),
    thermalJobs: createThermalJobsService({ db, ...parts, receipts }),
  }
}

function createAdministration({
  db,
  config: { sessionTtlMs },
  processNumber,
  log,
}: ServicesOptions): AccessServices & Pick<Services, 'idempotency' | 'locations'> {
  const locations = createLocationsService({ db })
  return {
    locations,
    ...createAccessServices({ db, locations, sessionTtlMs, log: log.child({ service: 'access' }) }),
    idempotency: createIdempotencyService({
      db,
      processNumber,
      log: log.child({ service: 'idempotency' }),
    }),
  }
}
