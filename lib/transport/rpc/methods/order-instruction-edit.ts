import {
  type OrderInstructionEditArgs,
  orderInstructionEditArgs,
} from '../../../../schemas/order-instruction-edit.ts'
import { instructionAnswer } from '../../../../schemas/rpc-answers.ts'
import { readInstructionChange } from '../../../instructions/instruction-change.ts'
import type { InstructionsService } from '../../../instructions/instructions-service.ts'
import { INSTRUCTION_EXAMPLE } from '../method-examples.ts'
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
    summary: 'Change a packing instruction or its file',
    example: {
      params: [1, 'Place the label in the pouch on the lid'],
      result: { ...INSTRUCTION_EXAMPLE, note: 'Place the label in the pouch on the lid' },
    },
    result: instructionAnswer,
    faults: [100, 101],
    async call({ instructionId, note, options }, caller) {
      const change = readInstructionChange(note, options)
      return instructionView(await instructions.edit(caller, String(instructionId), change))
    },
  })
