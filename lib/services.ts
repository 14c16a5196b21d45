import type { Knex } from 'knex'
import type { Logger } from 'pino'
import { type AccessService, createAccessService } from './access/access-service.ts'
import type { Config } from './config.ts'
import { createDocumentsService, type DocumentsService } from './documents/documents-service.ts'
import { createEgress } from './egress/egress-client.ts'
import { createInstructionsService, type InstructionsService } from './instructions/instructions-service.ts'
import {
  createOrderCancellationService,
  type OrderCancellationService,
} from './orders/order-cancellation-service.ts'
import { createOrderIntakeService, type OrderIntakeService } from './orders/order-intake-service.ts'
import { createOrdersService, type OrdersService } from './orders/orders-service.ts'
import { createConfirmationsService } from './packing/confirmations-service.ts'
import { createPackingService, type PackingService } from './packing/packing-service.ts'
import { createJobCancellationService } from './print-jobs/job-cancellation-service.ts'
import { createPrintJobsService, type PrintJobsService } from './print-jobs/print-jobs-service.ts'
import { createPrintersService, type PrintersService } from './printers/printers-service.ts'
import type { Rendering } from './rendering/rendering.ts'
import { createEventsService, type EventsService } from './webhooks/events-service.ts'

/** Every service, built in one place: the transports get this and nothing else. */
export interface Services {
  readonly access: AccessService
  readonly documents: DocumentsService
  readonly events: EventsService
  readonly instructions: InstructionsService
  readonly orderCancellation: OrderCancellationService
  readonly orderIntake: OrderIntakeService
  readonly orders: OrdersService
  readonly packing: PackingService
  readonly printers: PrintersService
  readonly printJobs: PrintJobsService
}

export interface ServicesOptions {
  readonly db: Knex
  readonly config: Config
  readonly rendering: Rendering
  /** Keys the fingerprints of repeated calls, which cover credentials. */
  readonly fingerprintKey: Buffer
  readonly log: Logger
}

export function createServices({ db, config, rendering, fingerprintKey, log }: ServicesOptions): Services {
  const access = createAccessService({ db, sessionTtlMs: config.sessionTtlMs })
  const documents = createDocumentsService(rendering)
  const egress = createEgress({ allow: config.egressAllow, log: log.child({ service: 'egress' }) })
  const events = createEventsService()
  const confirmations = createConfirmationsService()
  const printers = createPrintersService({ db, events, printerPorts: config.printerPorts })
  const printJobs = createPrintJobsService({ printers, events, renderable: new Set() })
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
  const jobCancellation = createJobCancellationService({ events })
  const orderCancellation = createOrderCancellationService({ db, orders, jobCancellation, events })
  const orderIntake = createOrderIntakeService({ db, orders, instructions })
  const packing = createPackingService({
    db,
    orders,
    instructions,
    confirmations,
    printers,
    printJobs,
    events,
  })
  return {
    access,
    documents,
    events,
    instructions,
    orderCancellation,
    orderIntake,
    orders,
    packing,
    printers,
    printJobs,
  }
}
