import {
  type OrderInstructionListArgs,
  orderInstructionListArgs,
} from '../../../../schemas/order-instruction-list.ts'
import { instructionAnswer, listOf } from '../../../../schemas/rpc-answers.ts'
import type { InstructionsService } from '../../../instructions/instructions-service.ts'
import { INSTRUCTION_EXAMPLE } from '../method-examples.ts'
import { defineMethod, EVERY_ROLE } from '../rpc-method.ts'
import { instructionView } from '../views/instruction-view.ts'

/** `order_instruction.list(orderUniqueId, fields)` answers entities by rising id; faults 100, 102. */
export const orderInstructionList = (instructions: InstructionsService) =>
  defineMethod<OrderInstructionListArgs>({
    path: 'order_instruction.list',
    parameters: ['orderUniqueId', 'fields'],
    required: ['orderUniqueId'],
    roles: EVERY_ROLE,
    schema: orderInstructionListArgs,
    summary: 'List the packing instructions of an order',
    example: { params: ['100000309'], result: [INSTRUCTION_EXAMPLE] },
    result: listOf(instructionAnswer),
    faults: [100, 102],
    async call({ orderUniqueId, fields }, caller) {
      const withFileContent = namesOf(fields).includes('file_content')
      const reports = await instructions.list(caller, String(orderUniqueId), { withFileContent })
      return reports.map(instructionView)
    },
  })

/** A list of names, one name, or `{"fields": […]}`. */
function namesOf(fields: OrderInstructionListArgs['fields']): readonly unknown[] {
  if (fields === undefined) return []
  if (typeof fields === 'string') return [fields]
  return 'fields' in fields ? (fields.fields as readonly unknown[]) : (fields as readonly unknown[])
}
