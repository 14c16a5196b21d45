import type { PrintRequest } from '../rendering/print-request.ts'
import type { PrintOptions } from './print-job.ts'
import type { Medium } from './printed-medium.ts'

/**
 * What is asked of a job's pages on that medium. Pure. `paperKind`: of paper that the job doesn't ask for; a raster is as
 * large as its paper, a PDF's page may be smaller.
 */
export function pageRequestOf(
  options: PrintOptions,
  { paper, isAsked, isRoll, isLabelStock, stock }: Medium,
  { paperKind, copies }: { readonly paperKind: 'asked' | 'loaded'; readonly copies: number },
): Pick<PrintRequest, 'settings' | 'imagePage'> {
  const { pagesToPrint, reverseOrder, doubleSided, orientation, scaling } = options
  const settings = {
    pagesToPrint,
    reverseOrder,
    copies,
    isDoubleSided: doubleSided,
    paper,
    paperKind: isRoll ? ('roll' as const) : isAsked ? ('asked' as const) : paperKind,
    isLabelStock,
    orientation,
    scaling,
  }
  return { settings, imagePage: stock }
}
