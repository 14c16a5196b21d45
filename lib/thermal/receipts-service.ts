import type { Caller } from '../access/caller.ts'
import type { Db } from '../db/database.ts'
import type { LocationsService } from '../locations/locations-service.ts'
import type { Printer } from '../printers/printer.ts'
import type { PrintersService } from '../printers/printers-service.ts'
import type { JsonObject } from './json-text.ts'
import { asNumber, asString, member } from './lenient.ts'
import type { MadeReceipt, TemplateSource } from './receipt-order.ts'
import type { SentMessage } from './sent-message.ts'
import { isDocumentType } from './template-reading.ts'
import type { TemplatesService } from './templates-service.ts'
import { quoted, ThermalError } from './thermal-error.ts'
import { type ThermalConfiguration, type ThermalSettings, thermalSettings } from './thermal-settings.ts'
import type { ThermalWork } from './thermal-work.ts'

/** A printer for receipts, as it is set now. */
export interface ThermalPrinter {
  readonly printer: Printer
  readonly settings: ThermalSettings
  readonly takesEscpos: boolean
}

/** Messages made into receipts: contracts/thermal.md, section 2.2, from `PrinterId` on. Everything throws ThermalError. */
export interface ReceiptsService {
  /** A message's text, or a preview's body, to be handled. Throws MessageError for what is none. */
  open(text: string): Promise<SentMessage>
  /** By `code`; undefined for one that is not there, is removed, or stands at another location than the caller's. */
  findPrinter(caller: Caller, code: string): Promise<ThermalPrinter | undefined>
  /** Of a message's `PrinterId`. Throws when it is no printer for ESC/POS. */
  getPrinter(caller: Caller, message: JsonObject): Promise<ThermalPrinter & { readonly code: string }>
  /** Of a print job's `DocumentType`, `Document`, `Images`, `Barcodes`, `QRs`. */
  make(message: SentMessage, how: Drawing): Promise<MadeReceipt>
  /** A PNG of what `make` would print, of a preview's body; undefined for a type without a template. */
  preview(caller: Caller, documentType: string, message: SentMessage): Promise<Uint8Array | undefined>
}

interface Drawing {
  readonly settings: ThermalSettings
  readonly isDrawn: boolean
}

export interface ReceiptsOptions {
  readonly db: Db
  readonly locations: LocationsService
  readonly printers: PrintersService
  readonly templates: TemplatesService
  readonly thermalWork: ThermalWork
}

export function createReceiptsService(options: ReceiptsOptions): ReceiptsService {
  const { db, locations, printers, templates, thermalWork } = options

  const findPrinter = async (caller: Caller, code: string): Promise<ThermalPrinter | undefined> => {
    const printer = await printers.findPrinterByCode(db, code)
    if (!printer || !reaches(caller, printer)) return undefined
    const { locale, currency, timeZone, language } = await locations.get(caller, printer.locationId)
    const place = { locale, currency, time_zone: timeZone, language } as ThermalConfiguration
    const takesEscpos = isForEscpos(printer)
    return { printer, takesEscpos, settings: thermalSettings(printer.configuration.thermal ?? {}, place) }
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

    open: (text) => thermalWork.open(text),

    async make(message, { settings, isDrawn }) {
      const type = asString(member(message.members, 'DocumentType')) ?? ''
      if (type === '') throw new ThermalError('DocumentType is required')
      if (!isDocumentType(type)) throw new ThermalError(`DocumentType '${quoted(type)}' is not valid`)
      const template = await templates.find(type, settings.conventions.language)
      if (!template) throw new ThermalError(`DocumentType '${type}' has no template`)
      return thermalWork.make(message, { template, settings, isDrawn })
    },

    async preview(caller, documentType, message) {
      const { members } = message
      const hasPrinter = (asString(member(members, 'PrinterId')) ?? '') !== ''
      const settings = withWidth(
        hasPrinter ? (await getPrinter(caller, members)).settings : thermalSettings(),
        member(members, 'PaperWidthMm'),
      )
      const template = await previewTemplate(documentType, members, settings)
      if (template === undefined) return undefined
      return (await thermalWork.make(message, { template, settings, isDrawn: true })).picture ?? undefined
    },
  }

  /** Null: the message brings an unsaved one. */
  async function previewTemplate(
    documentType: string,
    members: JsonObject,
    settings: ThermalSettings,
  ): Promise<TemplateSource | null | undefined> {
    const unsaved = member(members, 'Template')
    if (unsaved !== undefined && unsaved !== null) return null
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
