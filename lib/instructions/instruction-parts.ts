import type { Db } from '../db/database.ts'
import type { DocumentsService } from '../documents/documents-service.ts'
import type { OrdersService } from '../orders/orders-service.ts'
import type { EventsService } from '../webhooks/events-service.ts'
import type { InstructionFiles } from './instruction-files.ts'
import type { InstructionReports } from './instruction-reports.ts'

/** What creating, editing and deleting have in common. */
export interface InstructionParts {
  readonly db: Db
  readonly orders: Pick<OrdersService, 'getOrder' | 'inTurn' | 'lockOrder' | 'assertOpen'>
  readonly documents: DocumentsService
  readonly files: InstructionFiles
  readonly reports: InstructionReports
  readonly events: EventsService
  readonly fingerprintKey: Buffer
}
