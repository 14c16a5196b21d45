import { type PackingOpenArgs, packingOpenSchema } from '../../../../schemas/packing-open.ts'
import type { PackingService } from '../../../packing/packing-service.ts'
import { defineMethod, PACKING_ROLES } from '../rpc-method.ts'
import { toPackingViewJson } from '../views/packing-view.ts'

/** `packing.open(code, {station_id?})`: contracts/packing.md, "Methods". Faults 100, 101, 104. */
export const packingOpen = (packing: PackingService) =>
  defineMethod<PackingOpenArgs>({
    path: 'packing.open',
    parameters: ['code', 'options'],
    required: ['code'],
    roles: PACKING_ROLES,
    schema: packingOpenSchema,
    async call({ code, options }, caller) {
      const stationId = options?.station_id ?? null
      const at = { stationId: stationId === null ? null : String(stationId) }
      return toPackingViewJson(await packing.open(caller, String(code), at))
    },
  })
