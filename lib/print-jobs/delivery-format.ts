import type { Delivery, DeviceAbilities } from '../delivery/driver.ts'
import type { Printer } from '../printers/printer.ts'
import type { RasterColor } from '../rendering/page-raster.ts'
import type { PrintLanguage } from '../rendering/print-request.ts'
import type { SheetBack } from '../rendering/pwg-raster.ts'
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
  const language = rasterLanguage(options, device, takes)
  if (language === null) return pdf(made)
  return { ...language, dpi: resolutionOf(device), ...made }
}

function rasterLanguage(
  options: PrintOptions,
  device: DeviceAbilities,
  takes: (mediaType: string) => boolean,
): Pick<DeliveryFormat, 'language' | 'mediaType'> | null {
  const sides = sidesOf(options)
  if (takes('image/pwg-raster')) {
    const sheetBack = SHEET_BACKS.find((back) => back === device.pwgSheetBack) ?? 'normal'
    const language = { kind: 'pwg', color: pwgColor(options, device), sides, sheetBack } as const
    return { language, mediaType: 'image/pwg-raster' }
  }
  const color =
    options.colorPrint && device.urf.every((word) => word !== 'W8') ? 'srgb_8' : urfColor(options, device)
  if (takes('image/urf')) return { language: { kind: 'urf', color, sides }, mediaType: 'image/urf' }
  if (!takes('image/jpeg')) return null
  return {
    language: { kind: 'jpeg', color: options.colorPrint ? 'srgb_8' : 'sgray_8' },
    mediaType: 'image/jpeg',
  }
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

function resolutionOf({ resolutionsDpi }: DeviceAbilities): number | null {
  if (resolutionsDpi.length === 0) return null
  if (resolutionsDpi.includes(DPI_USUAL)) return DPI_USUAL
  return Math.min(...resolutionsDpi)
}

export function sidesOf({ doubleSided, orientation }: PrintOptions): Delivery['sides'] {
  if (!doubleSided) return 'one-sided'
  return orientation === 'landscape' ? 'two-sided-short-edge' : 'two-sided-long-edge'
}
