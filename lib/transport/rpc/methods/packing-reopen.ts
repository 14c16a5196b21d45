import { type PackingReopenArgs, packingReopenSchema } from '../../../../schemas/packing-reopen.ts'
import { packingPackageAnswer } from '../../../../schemas/rpc-answers.ts'
import type { PackingService } from '../../../packing/packing-service.ts'
import { defineMethod } from '../rpc-method.ts'
import { toPackingPackageJson } from '../views/packing-view.ts'

/** `packing.reopen(package_id, reason)`: supervisors alone. Faults 100 and 101. */
export const packingReopen = (packing: PackingService) =>
  defineMethod<PackingReopenArgs>({
    path: 'packing.reopen',
    parameters: ['packageId', 'reason'],
    required: ['packageId', 'reason'],
    roles: ['supervisor'],
    schema: packingReopenSchema,
    faults: [100, 101],
    summary: 'Open a packed package again, with its shipment and its order',
    example: {
      params: ['100000020-1', 'the mug was left out'],
      result: {
        package_id: '100000020-1',
        shipment_id: '100000020',
        order_unique_id: '100000309',
        status: 'packing',
      },
    },
    result: packingPackageAnswer,
    async call({ packageId, reason }, caller) {
      return toPackingPackageJson(await packing.reopen(caller, String(packageId), reason))
    },
  })
