import { type PackingPreviewArgs, packingPreviewSchema } from '../../../../schemas/packing-preview.ts'
import type { PackingService } from '../../../packing/packing-service.ts'
import { defineMethod, PACKING_ROLES } from '../rpc-method.ts'
import { toPreviewJson } from '../views/packing-view.ts'

/** `packing.preview(order_unique_id)`: a dry run for the whole order; changes nothing. Faults 100 and 101. */
export const packingPreview = (packing: PackingService) =>
  defineMethod<PackingPreviewArgs>({
    path: 'packing.preview',
    parameters: ['orderUniqueId'],
    required: ['orderUniqueId'],
    roles: PACKING_ROLES,
    schema: packingPreviewSchema,
    async call({ orderUniqueId }, caller) {
      return toPreviewJson(await packing.preview(caller, String(orderUniqueId)))
    },
  })
