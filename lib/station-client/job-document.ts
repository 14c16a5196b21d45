import type { Delivery, DeviceAbilities } from '../delivery/driver.ts'
import { chooseFormat, sidesOf } from '../print-jobs/delivery-format.ts'
import { pageRequestOf } from '../print-jobs/page-request.ts'
import type { PrintOptions } from '../print-jobs/print-job.ts'
import { type Medium, mediumOf, paperOf } from '../print-jobs/printed-medium.ts'
import { findPaperSize } from '../printers/paper-sizes.ts'
import type { PrinterConfiguration, PrinterPool } from '../printers/printer.ts'
import { type PageSize, type Rendering, UnreadableError } from '../rendering/rendering.ts'
import type { ClaimedJob } from './claimed-job.ts'
import type { LocalPrinter } from './client-config.ts'

/** The printer, as the server knows it and as it is reached from here. */
export interface PrinterAtHand {
  readonly connection: LocalPrinter
  /** Keys of the registry of paper sizes. */
  readonly pageSizes: readonly string[]
  readonly pool: PrinterPool | null
  readonly dpi: string | null
}

export interface Preparation {
  readonly bytes: Uint8Array
  readonly device: DeviceAbilities | null
  readonly rendering: Rendering
}

const PAGED_TYPES: ReadonlySet<string> = new Set(['application/pdf', 'image/png', 'image/jpeg'])
/** At 72 dots an inch any page that the server took may be drawn: this asks for its size alone. */
const SIZE_DPI = 72

/**
 * A claimed job's document with the job's settings applied, in a format that the device takes: what the server itself makes
 * for printers that it drives, in a thread of its own and within a time: this one renews the claim. `device` is what the
 * device says of itself; null where it isn't asked. Throws UnreadableError, and DomainError `unavailable`.
 */
export async function prepareDelivery(
  job: ClaimedJob,
  printer: PrinterAtHand,
  { bytes, device, rendering }: Preparation,
): Promise<Delivery> {
  const options = optionsOf(job)
  const medium = mediumFor(options, printer, await firstPageOf(job, bytes, rendering))
  const { language, mediaType, dpi, copiesInside, copiesOutside } = chooseFormat(
    { connection: printer.connection, configuration: configurationOf(printer) },
    options,
    device,
  )
  const paperKind = language === null ? 'loaded' : 'asked'
  const request = { ...pageRequestOf(options, medium, { paperKind, copies: copiesInside }), bytes }
  const made =
    language === null
      ? await rendering.arrange(request)
      : await rendering.print({ ...request, language, dpi: dpi ?? medium.dpi })
  return {
    jobId: job.id,
    jobName: job.name,
    userName: job.created_by,
    bytes: made.bytes,
    mediaType,
    copies: copiesOutside,
    sides: sidesOf(options),
    colorMode: options.colorPrint ? 'color' : 'monochrome',
    paper: paperOf(medium),
  }
}

function mediumFor(options: PrintOptions, printer: PrinterAtHand, firstPage: PageSize): Medium {
  const { connection, pageSizes, pool } = printer
  const request = { options, printTarget: null }
  return mediumOf(
    request,
    { connection, pageSizes, pool, configuration: configurationOf(printer) },
    firstPage,
  )
}

async function firstPageOf(
  { data_type: mediaType }: ClaimedJob,
  bytes: Uint8Array,
  rendering: Rendering,
): Promise<PageSize> {
  if (PAGED_TYPES.has(mediaType)) return (await rendering.inspect(bytes, { dpi: SIZE_DPI })).firstPage
  throw new UnreadableError('wrong_type', `the station client does not print ${mediaType}`)
}

function optionsOf({ options }: ClaimedJob): PrintOptions {
  return {
    copies: options.copies,
    colorPrint: options.color_print,
    doubleSided: options.double_sided,
    orientation: options.orientation,
    paperSize: paperKeyOf(options.paper_size),
    printAllPages: options.pages_to_print === null,
    pagesToPrint: options.pages_to_print,
    reverseOrder: options.reverse_order,
    scaling: options.scaling,
    totalPages: null,
  }
}

/** The server's operator may have added sizes: on another one nothing is printed. */
function paperKeyOf(asked: string | null): string | null {
  if (asked === null) return null
  const size = findPaperSize(asked)
  if (size) return size.key
  throw new UnreadableError('unreadable', `the station client knows no paper size ${asked}`)
}

function configurationOf({ dpi }: PrinterAtHand): PrinterConfiguration {
  return { dpi, speed: null, spooling: false, port: null, type: null, thermal: null }
}
