import type { DeviceAbilities } from './driver.ts'
import type { IppClient } from './ipp-client.ts'
import { type IppMedia, MEDIA_ATTRIBUTES, readMedia } from './ipp-media.ts'
import { groupOf, type IppGroup, type IppMessage, stringsOf, valuesOf } from './ipp-message.ts'
import { type IppPrinterState, STATE_ATTRIBUTES, toPrinterState } from './ipp-printer-state.ts'
import { OPERATION } from './ipp-status.ts'
import { GROUP } from './ipp-tags.ts'

const REQUESTED = [
  ...STATE_ATTRIBUTES,
  ...MEDIA_ATTRIBUTES,
  'operations-supported',
  'document-format-supported',
  'copies-supported',
  'sides-supported',
  'print-color-mode-supported',
  'printer-resolution-supported',
  'pwg-raster-document-resolution-supported',
  'pwg-raster-document-type-supported',
  'pwg-raster-document-sheet-back',
  'urf-supported',
]
const CM_PER_INCH = 2.54

/** Everything that a job must be fitted to. */
export interface IppPrinterDescription {
  readonly state: IppPrinterState
  readonly abilities: DeviceAbilities
  readonly media: IppMedia
  /** A job may be made before its document is sent, and so be asked for by its number whatever happens to the document. */
  readonly canCreateJob: boolean
  readonly hasCopies: boolean
  readonly sides: readonly string[]
  readonly colorModes: readonly string[]
}

/** `refusal` is the answer of a printer that won't tell. */
export async function describePrinter(
  client: IppClient,
  signal?: AbortSignal,
): Promise<IppPrinterDescription | { readonly refusal: IppMessage }> {
  const answer = await client.getPrinterAttributes(REQUESTED, signal)
  const printer = groupOf(answer, GROUP.printer)
  const state = toPrinterState(printer)
  if (state === undefined) return { refusal: answer }
  const operations = valuesOf(printer, 'operations-supported').map(({ value }) => value)
  return {
    state,
    abilities: readAbilities(printer),
    media: readMedia(printer),
    canCreateJob: operations.includes(OPERATION.createJob) && operations.includes(OPERATION.sendDocument),
    hasCopies: valuesOf(printer, 'copies-supported').length > 0,
    sides: stringsOf(printer, 'sides-supported'),
    colorModes: stringsOf(printer, 'print-color-mode-supported'),
  }
}

function readAbilities(printer: IppGroup | undefined): DeviceAbilities {
  const copies = valuesOf(printer, 'copies-supported')[0]
  return {
    formats: stringsOf(printer, 'document-format-supported').map((format) => format.toLowerCase()),
    resolutionsDpi: resolutionsOf(printer, 'printer-resolution-supported'),
    pwgResolutionsDpi: resolutionsOf(printer, 'pwg-raster-document-resolution-supported'),
    pwgTypes: stringsOf(printer, 'pwg-raster-document-type-supported'),
    pwgSheetBack: stringsOf(printer, 'pwg-raster-document-sheet-back')[0] ?? null,
    urf: stringsOf(printer, 'urf-supported'),
    copiesMax: copies?.tag === 'rangeOfInteger' ? copies.value.upper : 1,
  }
}

/** Only square dots: nobody draws for others. */
function resolutionsOf(printer: IppGroup | undefined, name: string): number[] {
  return valuesOf(printer, name).flatMap(({ tag, value }) => {
    if (tag !== 'resolution' || value.crossFeed !== value.feed) return []
    return [value.units === 'dpi' ? value.feed : Math.round(value.feed * CM_PER_INCH)]
  })
}
