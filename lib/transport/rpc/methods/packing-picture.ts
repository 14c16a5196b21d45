import { type PackingPictureArgs, packingPictureSchema } from '../../../../schemas/packing-picture.ts'
import type { PackingService } from '../../../packing/packing-service.ts'
import { defineMethod, PACKING_ROLES } from '../rpc-method.ts'

/** `packing.picture(instruction_id, package_id, {page?})`: faults 100 to 102. Changes nothing. */
export const packingPicture = (packing: PackingService) =>
  defineMethod<PackingPictureArgs>({
    path: 'packing.picture',
    parameters: ['instructionId', 'packageId', 'options'],
    required: ['instructionId', 'packageId'],
    roles: PACKING_ROLES,
    schema: packingPictureSchema,
    summary: 'Show a page of the file that an instruction prints',
    example: {
      params: [1, '100000020-1', { page: 1 }],
      result: { page: 1, pages: 1, media_type: 'image/png', content: 'iVBORw0KGgo…' },
    },
    result: {
      type: 'object',
      required: ['page', 'pages', 'media_type', 'content'],
      properties: {
        page: { type: 'integer' },
        pages: { type: 'integer' },
        media_type: { const: 'image/png' },
        content: { type: 'string', description: 'base64' },
      },
    },
    faults: [100, 101, 102],
    async call({ instructionId, packageId, options }, caller) {
      const target = { instructionId: String(instructionId), packageId: String(packageId) }
      const { page, pages, png } = await packing.picture(caller, target, options?.page ?? 1)
      return { page, pages, media_type: 'image/png', content: Buffer.from(png).toString('base64') }
    },
  })
