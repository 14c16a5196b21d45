import type { Db } from '../db/database.ts'
import type { DocumentsService } from '../documents/documents-service.ts'
import type { InstructionsService } from '../instructions/instructions-service.ts'
import type { OrdersService } from '../orders/orders-service.ts'
import type { LabelChecks } from '../print-jobs/label-checks.ts'
import type { PrintJobsService } from '../print-jobs/print-jobs-service.ts'
import type { PrintersService } from '../printers/printers-service.ts'
import type { Rendering } from '../rendering/rendering.ts'
import type { EventsService } from '../webhooks/events-service.ts'
import type { ConfirmationsService } from './confirmations-service.ts'

export interface PackingDependencies {
  readonly db: Db
  readonly orders: OrdersService
  readonly instructions: InstructionsService
  readonly confirmations: ConfirmationsService
  readonly documents: Pick<DocumentsService, 'find' | 'read'>
  readonly printers: PrintersService
  readonly printJobs: PrintJobsService
  readonly labelChecks: Pick<LabelChecks, 'examine' | 'known' | 'prepare'>
  readonly events: EventsService
  readonly rendering: Rendering
}
