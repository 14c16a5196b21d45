import { type PackingFinishArgs, packingFinishSchema } from '../../../../schemas/packing-finish.ts'
import { packingPackageAnswer } from '../../../../schemas/rpc-answers.ts'
import type { PackingService } from '../../../packing/packing-service.ts'
import { PACKING_PACKAGE_EXAMPLE } from '../method-examples.ts'
import { defineMethod, PACKING_ROLES } from '../rpc-method.ts'
import { toPackingPackageJson } from '../views/packing-view.ts'

/** `packing.finish(package_id)`: faults 100, 101, 103 (with `blockers`) and 106. */
export const packingFinish = (packing: PackingService) =>
  defineMethod<PackingFinishArgs>({
    path: 'packing.finish',
    parameters: ['packageId'],
    required: ['packageId'],
    roles: PACKING_ROLES,
    schema: packingFinishSchema,
    summary: 'Close a package',
    example: { params: ['100000020-1'], result: { ...PACKING_PACKAGE_EXAMPLE, status: 'packed' } },
    result: packingPackageAnswer,
    faults: [100, 101, 103, 106],
    async call({ packageId }, caller) {
      return toPackingPackageJson(await packing.finish(caller, String(packageId)))
    },
  })
