import type { Caller } from '../access/caller.ts'
import type { Db } from '../db/database.ts'
import type { LocationsService } from '../locations/locations-service.ts'
import type { Printer } from '../printers/printer.ts'
import type { PrintersService } from '../printers/printers-service.ts'
import type { Rendering } from '../rendering/rendering.ts'
import type { JsonObject } from './json-text.ts'
import { asNumber, asObject, asString, member } from './lenient.ts'
import { readMedia } from './media.ts'
import { drawReceipt, type Receipt, renderReceipt } from './receipt.ts'
import type { Template } from './template.ts'
import { isDocumentType, readTemplate } from './template-reading.ts'
import type { TemplatesService } from './templates-service.ts'
import { quoted, ThermalError } from './thermal-error.ts'
import { type ThermalConfiguration, type ThermalSettings, thermalSettings } from './thermal-settings.ts'

/** A printer for receipts, as it is set now. */
export interface ThermalPrinter {
  readonly printer: Printer
  readonly settings: ThermalSettings
  readonly takesEscpos: boolean
}

/** Messages made into receipts: contracts/thermal.md, section 2.2, from `PrinterId` on. Everything throws ThermalError. */
export interface ReceiptsService {
  /** By `code`; undefined for one that is not there, is removed, or stands at another location than the caller's. */
  findPrinter(caller: Caller, code: string): Promise<ThermalPrinter | undefined>
  /** Of a message's `PrinterId`. Throws when it is no printer for ESC/POS. */
  getPrinter(caller: Caller, message: JsonObject): Promise<ThermalPrinter & { readonly code: string }>
  /** Of a print job's `DocumentType`, `Document`, `Images`, `Barcodes`, `QRs`. */
  render(message: JsonObject, settings: ThermalSettings): Promise<Receipt>
  /** A PNG of what `render` would print, of a preview's body; undefined for a type without a template. */
  preview(caller: Caller, documentType: string, message: JsonObject): Promise<Buffer | undefined>
}

export interface ReceiptsOptions {
  readonly db: Db
  readonly locations: LocationsService
  readonly printers: PrintersService
  readonly rendering: Rendering
  readonly templates: TemplatesService
}

export function createReceiptsService(options: ReceiptsOptions): ReceiptsService {
  const { db, locations, printers, rendering, templates } = options

  const findPrinter = async (caller: Caller, code: string): Promise<ThermalPrinter | undefined> => {
    const printer = await printers.findPrinterByCode(db, code)
    if (!printer || !reaches(caller, printer)) return undefined
    const { locale, currency, timeZone, language } = await locations.get(caller, printer.locationId)
    const place = { locale, currency, time_zone: timeZone, language } as ThermalConfiguration
    const takesEscpos = isForEscpos(printer)
    return { printer, takesEscpos, settings: thermalSettings(printer.configuration.thermal ?? {}, place) }
  }

  const render = (template: Template, message: JsonObject, settings: ThermalSettings): Promise<Receipt> => {
    const document = asObject(member(message, 'Document'))
    if (!document) throw new ThermalError('Document must be an object')
    const decodeGrey = rendering.decodeGrey.bind(rendering)
    return renderReceipt({ template, document, media: readMedia(message), settings, decodeGrey })
  }

  const getPrinter = async (caller: Caller, message: JsonObject) => {
    const code = asString(member(message, 'PrinterId')) ?? ''
    if (code === '') throw new ThermalError('PrinterId is required')
    const found = await findPrinter(caller, code)
    if (!found) throw new ThermalError(`Printer ${quoted(code)} not found in configuration`)
    if (!found.takesEscpos) throw new ThermalError(`Printer ${quoted(code)} does not print ESC/POS`)
    return { ...found, code }
  }

  return {
    findPrinter,
    getPrinter,

    async render(message, settings) {
      const type = asString(member(message, 'DocumentType')) ?? ''
      if (type === '') throw new ThermalError('DocumentType is required')
      if (!isDocumentType(type)) throw new ThermalError(`DocumentType '${quoted(type)}' is not valid`)
      const template = await templates.find(type, settings.conventions.language)
      if (!template) throw new ThermalError(`DocumentType '${type}' has no template`)
      return render(template, message, settings)
    },

    async preview(caller, documentType, message) {
      const hasPrinter = (asString(member(message, 'PrinterId')) ?? '') !== ''
      const settings = withWidth(
        hasPrinter ? (await getPrinter(caller, message)).settings : thermalSettings(),
        member(message, 'PaperWidthMm'),
      )
      const template = await previewTemplate(documentType, message, settings)
      if (!template) return undefined
      return drawReceipt((await render(template, message, settings)).items, settings)
    },
  }

  async function previewTemplate(
    documentType: string,
    message: JsonObject,
    settings: ThermalSettings,
  ): Promise<Template | undefined> {
    const unsaved = member(message, 'Template')
    if (unsaved !== undefined && unsaved !== null) return readTemplate(unsaved)
    return isDocumentType(documentType)
      ? templates.find(documentType, settings.conventions.language)
      : undefined
  }
}

function withWidth(settings: ThermalSettings, value: JsonObject[string] | undefined): ThermalSettings {
  const width = asNumber(value)
  if (width === undefined) return settings
  if (width !== 80 && width !== 58) throw new ThermalError('PaperWidthMm must be 80 or 58')
  return { ...settings, paperWidthMm: width }
}

function reaches(caller: Caller, { isRemoved, locationId }: Printer): boolean {
  return !isRemoved && (caller.locationId === null || caller.locationId === locationId)
}

function isForEscpos({ connection }: Printer): boolean {
  if (connection.type === 'socket') return connection.language === 'escpos'
  return connection.type === 'virtual' || connection.type === 'station'
}
