import type { Delivery, DeviceAbilities } from '../delivery/driver.ts'
import type { Printer } from '../printers/printer.ts'
import type { RasterColor } from '../rendering/page-raster.ts'
import type { PrintLanguage } from '../rendering/print-request.ts'
import type { SheetBack } from '../rendering/sheet-back.ts'
import { thermalSettings } from '../thermal/thermal-settings.ts'
import type { PrintOptions } from './print-job.ts'

/** What a document is made into for a printer, and how many copies are left to the printer. */
export interface DeliveryFormat {
  /** Null: a PDF. */
  readonly language: PrintLanguage | null
  readonly mediaType: string
  /** Null: the printer's usual resolution. */
  readonly dpi: number | null
  /** Copies that are repeated pages of the document, and those that the driver sees to. */
  readonly copiesInside: number
  readonly copiesOutside: number
}

const PDF = 'application/pdf'
const COLORS: readonly RasterColor[] = ['srgb_8', 'sgray_8', 'black_1']
const DPI_USUAL = 300
const SHEET_BACKS: readonly SheetBack[] = ['normal', 'rotated', 'flipped', 'manual-tumble']
/** `urf-supported` says by these how the back of a sheet is fed: cups/ppd-cache.c of CUPS 2.4. */
const URF_SHEET_BACKS = [
  ['DM1', 'normal'],
  ['DM2', 'flipped'],
  ['DM3', 'rotated'],
  ['DM4', 'manual-tumble'],
] as const satisfies readonly (readonly [word: string, back: SheetBack])[]

/** Pure. `device` is null where it isn't asked. */
export function chooseFormat(
  printer: Pick<Printer, 'connection' | 'configuration'>,
  options: PrintOptions,
  device: DeviceAbilities | null,
): DeliveryFormat {
  const { connection } = printer
  const { copies } = options
  if (connection.type === 'ipp') return chooseForDevice(options, device)
  if (connection.type !== 'socket') return pdf({ copiesInside: 1, copiesOutside: copies })
  if (connection.language === 'zpl') {
    const graphics = printer.configuration.zplGraphics ?? 'z64'
    return zpl({ kind: 'zpl', graphics, copies })
  }
  if (connection.language === 'escpos') {
    const language = {
      kind: 'escpos',
      cut: thermalSettings(printer.configuration.thermal ?? {}).cut,
    } as const
    const mediaType = 'application/vnd.escpos'
    return { language, mediaType, dpi: null, copiesInside: 1, copiesOutside: copies }
  }
  // Nobody can tell a printer behind a socket how many copies to make of a PDF.
  return pdf({ copiesInside: copies, copiesOutside: 1 })
}

function pdf(copies: Pick<DeliveryFormat, 'copiesInside' | 'copiesOutside'>): DeliveryFormat {
  return { language: null, mediaType: PDF, dpi: null, ...copies }
}

function zpl(language: PrintLanguage): DeliveryFormat {
  return { language, mediaType: 'application/vnd.zebra-zpl', dpi: null, copiesInside: 1, copiesOutside: 1 }
}

/** PDF if it is taken, else PWG raster, else URF, else JPEG. */
function chooseForDevice(options: PrintOptions, device: DeviceAbilities | null): DeliveryFormat {
  const { copies } = options
  const canCopy = device === null || device.copiesMax >= copies
  const made = canCopy
    ? { copiesInside: 1, copiesOutside: copies }
    : { copiesInside: copies, copiesOutside: 1 }
  if (device === null) return pdf(made)
  const takes = (mediaType: string) => device.formats.includes(mediaType)
  if (device.formats.length === 0 || takes(PDF)) return pdf(made)
  if (takes('image/pwg-raster')) return { ...pwg(options, device), ...made }
  if (takes('image/urf')) return { ...urf(options, device), ...made }
  return takes('image/jpeg') ? { ...jpeg(options, device), ...made } : pdf(made)
}

type RasterFormat = Pick<DeliveryFormat, 'language' | 'mediaType' | 'dpi'>

function pwg(options: PrintOptions, device: DeviceAbilities): RasterFormat {
  const { pwgSheetBack, pwgResolutionsDpi, resolutionsDpi } = device
  const sheetBack = SHEET_BACKS.find((back) => back === pwgSheetBack) ?? 'normal'
  const color = pwgColor(options, device)
  const dpi = resolutionOf(pwgResolutionsDpi, resolutionsDpi)
  return {
    language: { kind: 'pwg', color, sides: sidesOf(options), sheetBack },
    mediaType: 'image/pwg-raster',
    dpi,
  }
}

function urf(options: PrintOptions, device: DeviceAbilities): RasterFormat {
  const color =
    options.colorPrint && device.urf.every((word) => word !== 'W8') ? 'srgb_8' : urfColor(options, device)
  const [, sheetBack = 'normal'] = URF_SHEET_BACKS.find(([word]) => device.urf.includes(word)) ?? []
  const told = device.urf.flatMap((word) => (/^RS[\d-]+$/.test(word) ? word.slice(2).split('-') : []))
  const dpi = resolutionOf(told.map(Number), device.resolutionsDpi)
  return { language: { kind: 'urf', color, sides: sidesOf(options), sheetBack }, mediaType: 'image/urf', dpi }
}

function jpeg({ colorPrint }: PrintOptions, { resolutionsDpi }: DeviceAbilities): RasterFormat {
  const color = colorPrint ? 'srgb_8' : 'sgray_8'
  return { language: { kind: 'jpeg', color }, mediaType: 'image/jpeg', dpi: resolutionOf(resolutionsDpi) }
}

/** Color only where it was asked for: grey is a third of the bytes. */
function pwgColor({ colorPrint }: PrintOptions, { pwgTypes }: DeviceAbilities): RasterColor {
  const wanted = colorPrint ? COLORS : COLORS.slice(1)
  return (
    wanted.find((color) => pwgTypes.includes(color)) ??
    COLORS.find((color) => pwgTypes.includes(color)) ??
    'sgray_8'
  )
}

function urfColor({ colorPrint }: PrintOptions, { urf }: DeviceAbilities): 'sgray_8' | 'srgb_8' {
  if (colorPrint && urf.includes('SRGB24')) return 'srgb_8'
  return urf.length === 0 || urf.includes('W8') ? 'sgray_8' : 'srgb_8'
}

/** Of the first list that names any: the usual one or the next finer, else the finest. Null: the printer's usual one. */
function resolutionOf(...lists: (readonly number[])[]): number | null {
  const named = lists.map((list) => list.filter((dpi) => dpi > 0)).find((list) => list.length > 0) ?? []
  const finer = named.filter((dpi) => dpi >= DPI_USUAL)
  if (named.length === 0) return null
  return finer.length > 0 ? Math.min(...finer) : Math.max(...named)
}

export function sidesOf({ doubleSided, orientation }: PrintOptions): Delivery['sides'] {
  if (!doubleSided) return 'one-sided'
  return orientation === 'landscape' ? 'two-sided-short-edge' : 'two-sided-long-edge'
}
