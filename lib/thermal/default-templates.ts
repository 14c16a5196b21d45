/** The templates that are there from the start: contracts/thermal.md, section 5.4. */
import { comanda } from './default-comanda.ts'
import { facturaElectronica } from './default-factura-electronica.ts'
import { stickerCodigoBarras } from './default-sticker.ts'
import type { DefaultTemplate } from './default-template-parts.ts'
import { ticketVenta } from './default-ticket-venta.ts'
import { templateKey } from './template-reading.ts'
import type { Language } from './thermal-settings.ts'

const LANGUAGE_DEFAULT: Language = 'es'

const DEFAULTS: ReadonlyMap<string, DefaultTemplate> = new Map([
  ['ticket_venta', ticketVenta],
  ['comanda', comanda],
  ['factura_electronica', facturaElectronica],
  ['sticker_codigo_barras', stickerCodigoBarras],
])

export const DEFAULT_DOCUMENT_TYPES: readonly string[] = [...DEFAULTS.keys()]

/** As JSON, ready for `readTemplate` and for answers; undefined for a type without a default. */
export function defaultTemplate(documentType: string, language: Language = LANGUAGE_DEFAULT) {
  return DEFAULTS.get(templateKey(documentType))?.((words) => words[language === 'en' ? 1 : 0])
}
