import type { Db } from '../db/database.ts'
import type { Order } from '../orders/order.ts'
import type { InstructionReport } from './instruction.ts'
import type { InstructionParts } from './instruction-parts.ts'

export interface InstructionEvent {
  readonly type: 'created' | 'edited' | 'deleted'
  readonly order: Order
  /** As at that moment. */
  readonly report: InstructionReport
}

/**
 * `data` is the report, without bytes. An instruction belongs to its order, whose shipments may leave from several
 * locations, so the event names none; a stream of one location looks for them itself.
 */
export async function recordInstructionEvent(
  { events }: Pick<InstructionParts, 'events'>,
  trx: Db,
  { type, order, report }: InstructionEvent,
): Promise<void> {
  await events.record(trx, {
    type: `order_instruction.${type}`,
    resource: { type: 'instruction', id: String(report.instruction.instructionId) },
    locationId: null,
    merchantId: order.merchantId,
    data: { ...report },
  })
}
