import { type PackingDeferArgs, packingDeferSchema } from '../../../../schemas/packing-defer.ts'
import { occurrenceAnswer } from '../../../../schemas/rpc-answers.ts'
import type { PackingService } from '../../../packing/packing-service.ts'
import { OCCURRENCE_EXAMPLE } from '../method-examples.ts'
import { defineMethod, PACKING_ROLES } from '../rpc-method.ts'
import { toOccurrenceJson } from '../views/packing-view.ts'

/** `packing.defer(instruction_id, package_id)`: faults 100 to 102 and 106. Idempotent. */
export const packingDefer = (packing: PackingService) =>
  defineMethod<PackingDeferArgs>({
    path: 'packing.defer',
    parameters: ['instructionId', 'packageId'],
    required: ['instructionId', 'packageId'],
    roles: PACKING_ROLES,
    schema: packingDeferSchema,
    summary: 'Put an instruction off',
    example: {
      params: [1, '100000020-1'],
      result: {
        ...OCCURRENCE_EXAMPLE,
        state: 'deferred',
        because: 'put off for package 100000020-1, and nobody has confirmed it',
      },
    },
    result: occurrenceAnswer,
    faults: [100, 101, 102, 106],
    async call({ instructionId, packageId }, caller) {
      const target = { instructionId: String(instructionId), packageId: String(packageId) }
      return toOccurrenceJson(await packing.defer(caller, target))
    },
  })
