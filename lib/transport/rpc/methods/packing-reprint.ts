import { type PackingReprintArgs, packingReprintSchema } from '../../../../schemas/packing-reprint.ts'
import { reprintAnswer } from '../../../../schemas/rpc-answers.ts'
import type { PackingService } from '../../../packing/packing-service.ts'
import { defineMethod, PACKING_ROLES } from '../rpc-method.ts'
import { toReprintJson } from '../views/packing-view.ts'

/** `packing.reprint(instruction_id, package_id, reason, {printer_id?, print_job_id?})`: faults 100 to 102, 104 and 105. */
export const packingReprint = (packing: PackingService) =>
  defineMethod<PackingReprintArgs>({
    path: 'packing.reprint',
    parameters: ['instructionId', 'packageId', 'reason', 'options'],
    required: ['instructionId', 'packageId', 'reason'],
    roles: PACKING_ROLES,
    schema: packingReprintSchema,
    faults: [100, 101, 102, 104, 105],
    summary: 'Print the file of a confirmed instruction once more',
    example: {
      params: [1, '100000020-1', 'the label came out crumpled'],
      result: {
        id: 'prnt_job_AIDUrFQwGs0xxFyZXC2YE7',
        status: 'queued',
        reason: null,
        printer: { id: '01a213fb-822f-72ff-9ffc-389ef2cabe49', name: 'Laser', model: null },
        pages: 1,
        reprint_of: 'prnt_job_XiQvCn4zoBSmAdQnP9VuvA',
        reprint_reason: 'the label came out crumpled',
      },
    },
    result: reprintAnswer,
    async call({ instructionId, packageId, reason, options }, caller) {
      const target = { instructionId: String(instructionId), packageId: String(packageId) }
      const textOf = (value: string | number | null | undefined) =>
        value === undefined || value === null ? null : String(value)
      const reprinting = {
        reason,
        printerId: textOf(options?.printer_id),
        printJobId: textOf(options?.print_job_id),
      }
      return toReprintJson(await packing.reprint(caller, target, reprinting))
    },
  })
