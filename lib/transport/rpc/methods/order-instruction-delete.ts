import {
  type OrderInstructionDeleteArgs,
  orderInstructionDeleteArgs,
} from '../../../../schemas/order-instruction-delete.ts'
import { trueAnswer } from '../../../../schemas/rpc-answers.ts'
import type { InstructionsService } from '../../../instructions/instructions-service.ts'
import { defineMethod, MERCHANT_ROLES } from '../rpc-method.ts'

/** `order_instruction.delete(instructionId)` answers true; fault 101, for one that is deleted already too. */
export const orderInstructionDelete = (instructions: InstructionsService) =>
  defineMethod<OrderInstructionDeleteArgs>({
    path: 'order_instruction.delete',
    parameters: ['instructionId'],
    required: ['instructionId'],
    roles: MERCHANT_ROLES,
    schema: orderInstructionDeleteArgs,
    summary: 'Delete a packing instruction',
    example: { params: [1], result: true },
    result: trueAnswer,
    faults: [100, 101],
    async call({ instructionId }, caller) {
      await instructions.remove(caller, String(instructionId))
      return true
    },
  })
