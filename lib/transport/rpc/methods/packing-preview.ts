import { type PackingPreviewArgs, packingPreviewSchema } from '../../../../schemas/packing-preview.ts'
import { listOf, occurrenceAnswer, packingPackageAnswer } from '../../../../schemas/rpc-answers.ts'
import type { PackingService } from '../../../packing/packing-service.ts'
import {
  CONFIRMED_EXAMPLE,
  OCCURRENCE_EXAMPLE,
  PACKING_PACKAGE_EXAMPLE,
  PRINT_JOB_EXAMPLE,
} from '../method-examples.ts'
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
    summary: 'Show what an order will ask for and print, and change nothing',
    example: {
      params: ['100000309'],
      result: {
        order_unique_id: '100000309',
        packages: [PACKING_PACKAGE_EXAMPLE],
        occurrences: [
          {
            ...OCCURRENCE_EXAMPLE,
            applies_to: { kind: 'shipment', id: '100000020' },
            printer: {
              ...CONFIRMED_EXAMPLE.print_job.printer,
              station: PRINT_JOB_EXAMPLE.station,
            },
            obstacles: [],
          },
        ],
      },
    },
    result: {
      type: 'object',
      required: ['order_unique_id', 'packages', 'occurrences'],
      properties: {
        order_unique_id: { type: 'string' },
        packages: listOf(packingPackageAnswer),
        occurrences: listOf(occurrenceAnswer),
      },
    },
    faults: [100, 101],
    async call({ orderUniqueId }, caller) {
      return toPreviewJson(await packing.preview(caller, String(orderUniqueId)))
    },
  })
