import {
  type OrderInstructionEditArgs,
  orderInstructionEditArgs,
} from '../../../../schemas/order-instruction-edit.ts'
import { readInstructionChange } from '../../../instructions/instruction-change.ts'
import type { InstructionsService } from '../../../instructions/instructions-service.ts'
import { defineMethod, MERCHANT_ROLES } from '../rpc-method.ts'
import { instructionView } from '../views/instruction-view.ts'

/** `order_instruction.edit(instructionId, note, options)` answers the entity; faults 100, 101. All or nothing. */
export const orderInstructionEdit = (instructions: InstructionsService) =>
  defineMethod<OrderInstructionEditArgs>({
    path: 'order_instruction.edit',
    parameters: ['instructionId', 'note', 'options'],
    required: ['instructionId'],
    roles: MERCHANT_ROLES,
    schema: orderInstructionEditArgs,
    async call({ instructionId, note, options }, caller) {
      const change = readInstructionChange(note, options)
      return instructionView(await instructions.edit(caller, String(instructionId), change))
    },
  })
