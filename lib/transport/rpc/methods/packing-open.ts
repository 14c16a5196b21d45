import { type PackingOpenArgs, packingOpenSchema } from '../../../../schemas/packing-open.ts'
import { listOf, occurrenceAnswer, packingPackageAnswer } from '../../../../schemas/rpc-answers.ts'
import type { PackingService } from '../../../packing/packing-service.ts'
import { OCCURRENCE_EXAMPLE, PACKING_PACKAGE_EXAMPLE } from '../method-examples.ts'
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
    summary: 'Show what is due for a scanned package',
    example: {
      params: ['100000020-1', { station_id: 'STATION_001' }],
      result: {
        package: PACKING_PACKAGE_EXAMPLE,
        occurrences: [OCCURRENCE_EXAMPLE],
        can_finish: false,
        blockers: ['instruction 1 is due'],
      },
    },
    result: {
      type: 'object',
      required: ['package', 'occurrences', 'can_finish', 'blockers'],
      properties: {
        package: packingPackageAnswer,
        occurrences: listOf(occurrenceAnswer),
        can_finish: { type: 'boolean' },
        blockers: listOf({ type: 'string' }),
      },
    },
    faults: [100, 101, 104],
    async call({ code, options }, caller) {
      const stationId = options?.station_id ?? null
      const at = { stationId: stationId === null ? null : String(stationId) }
      return toPackingViewJson(await packing.open(caller, String(code), at))
    },
  })
