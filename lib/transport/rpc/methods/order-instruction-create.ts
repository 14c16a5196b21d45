import {
  type OrderInstructionCreateArgs,
  orderInstructionCreateArgs,
} from '../../../../schemas/order-instruction-create.ts'
import { instructionAnswer } from '../../../../schemas/rpc-answers.ts'
import { readInstructionDraft } from '../../../instructions/instruction-draft.ts'
import type { InstructionsService } from '../../../instructions/instructions-service.ts'
import { INSTRUCTION_EXAMPLE } from '../method-examples.ts'
import { defineMethod, MERCHANT_ROLES } from '../rpc-method.ts'
import { instructionView } from '../views/instruction-view.ts'

/**
 * `order_instruction.create(orderUniqueId, note, options)` answers the entity; faults 100, 102. The file is stored when
 * it answers. Idempotent with an `external_id`.
 */
export const orderInstructionCreate = (instructions: InstructionsService) =>
  defineMethod<OrderInstructionCreateArgs>({
    path: 'order_instruction.create',
    parameters: ['orderUniqueId', 'note', 'options'],
    required: ['orderUniqueId'],
    roles: MERCHANT_ROLES,
    schema: orderInstructionCreateArgs,
    summary: 'Attach a packing instruction to an order',
    example: {
      params: [
        '100000309',
        'Place Amazon FBA Label in a pouch',
        {
          file_request: { url: 'https://files.example/amazon_fba_3425232.pdf' },
          presentation: 'once_per_shipment',
          print_target: 'LABEL',
        },
      ],
      result: INSTRUCTION_EXAMPLE,
    },
    result: instructionAnswer,
    faults: [100, 102],
    async call({ orderUniqueId, note, options }, caller) {
      const draft = readInstructionDraft(note, options)
      return instructionView(await instructions.create(caller, String(orderUniqueId), draft))
    },
  })
