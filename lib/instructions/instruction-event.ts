import type { Db } from '../db/database.ts'
import type { Order } from '../orders/order.ts'
import type { Instruction } from './instruction.ts'
import type { InstructionParts } from './instruction-parts.ts'

export interface InstructionEvent {
  readonly type: 'created' | 'edited' | 'deleted'
  readonly order: Order
  readonly instruction: Instruction
}

/**
 * `data` is the InstructionReport as at that moment, without bytes. An instruction belongs to its order, whose shipments
 * may leave from several locations, so the event names none; a stream of one location looks for them itself.
 */
export async function recordInstructionEvent(
  { events, reports }: Pick<InstructionParts, 'events' | 'reports'>,
  trx: Db,
  { type, order, instruction }: InstructionEvent,
): Promise<void> {
  await events.record(trx, {
    type: `order_instruction.${type}`,
    resource: { type: 'instruction', id: String(instruction.instructionId) },
    locationId: null,
    merchantId: order.merchantId,
    data: { ...(await reports.one(trx, instruction)) },
  })
}
