import { type PackingConfirmArgs, packingConfirmSchema } from '../../../../schemas/packing-confirm.ts'
import { occurrenceAnswer } from '../../../../schemas/rpc-answers.ts'
import type { PackingService } from '../../../packing/packing-service.ts'
import { CONFIRMED_EXAMPLE } from '../method-examples.ts'
import { defineMethod, PACKING_ROLES } from '../rpc-method.ts'
import { toOccurrenceJson } from '../views/packing-view.ts'

/** `packing.confirm(instruction_id, package_id, {station_id?, revision?})`: faults 100 to 102 and 104 to 107. Idempotent. */
export const packingConfirm = (packing: PackingService) =>
  defineMethod<PackingConfirmArgs>({
    path: 'packing.confirm',
    parameters: ['instructionId', 'packageId', 'options'],
    required: ['instructionId', 'packageId'],
    roles: PACKING_ROLES,
    schema: packingConfirmSchema,
    summary: 'Confirm an instruction, which prints its file',
    example: {
      params: [1, '100000020-1', { station_id: 'STATION_001', revision: 1 }],
      result: CONFIRMED_EXAMPLE,
    },
    result: occurrenceAnswer,
    faults: [100, 101, 102, 104, 105, 106, 107],
    async call({ instructionId, packageId, options }, caller) {
      const target = { instructionId: String(instructionId), packageId: String(packageId) }
      const stationId = options?.station_id ?? null
      const confirming = {
        stationId: stationId === null ? null : String(stationId),
        revision: options?.revision ?? null,
      }
      return toOccurrenceJson(await packing.confirm(caller, target, confirming))
    },
  })
