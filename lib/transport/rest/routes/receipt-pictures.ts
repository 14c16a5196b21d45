import { NotFoundError } from '../../../errors.ts'
import type { Services } from '../../../services.ts'
import { defineRoute, type RestRoute } from '../rest-route.ts'

type ReceiptServices = Pick<Services, 'jobLookup' | 'thermalJobs'>

/** Receipts are raw documents, of which `preview.png` has no page: their pictures are drawn when they are laid out. */
export const receiptPictureRoutes = ({ jobLookup, thermalJobs }: ReceiptServices): readonly RestRoute[] => [
  defineRoute({
    method: 'GET',
    path: '/v1/cloud-printing/jobs/:id/receipt.png',
    scope: 'print_jobs:read',
    summary: 'Picture of a receipt',
    description: 'Dot for dot as it was laid out, of receipts for virtual printers; other jobs have none.',
    tag: 'Print jobs',
    answer: { status: 200, mediaType: 'image/png', description: 'the receipt' },
    refusals: ['location_access'],
    async handle({ caller, params: { id = '' } }) {
      const picture = await thermalJobs.pictureOf(await jobLookup.getJob(caller, id))
      if (!picture) throw new NotFoundError('receipt', id)
      return {
        kind: 'other',
        send: (response) => void response.set('Cache-Control', 'no-store').type('image/png').end(picture),
      }
    },
  }),
]
