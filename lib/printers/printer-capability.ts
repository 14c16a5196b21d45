/** What a printer can print: contracts/cloud-printing.md, sections 3 ("Routing", 2) and 4 (the table of types). Pure. */
import { matchesPaperSize, type PaperSize, paperSizeByKey } from './paper-sizes.ts'

export type Orientation = 'portrait' | 'landscape'
export type SocketLanguage = 'zpl' | 'escpos' | 'pdf' | 'raw'
/** Languages that a page is made into by Packhouse, where it can. */
export type RenderedLanguage = 'zpl' | 'escpos'
export const RENDERABLE: ReadonlySet<RenderedLanguage> = new Set(['zpl', 'escpos'])

export type ConnectionKind =
  | { readonly type: 'station' | 'ipp' | 'virtual' }
  | { readonly type: 'socket'; readonly language: SocketLanguage }

export interface PrinterCapability {
  readonly connection: ConnectionKind
  /** Keys of the registry of paper sizes. */
  readonly pageSizes: readonly string[]
  /** Both, where the printer's configuration names none. */
  readonly orientations: readonly Orientation[]
  readonly hasColor: boolean
  readonly hasDuplex: boolean
}

export interface PrintNeeds {
  /** Key of the registry; null: any paper will do. */
  readonly paperSize: string | null
  readonly orientation: Orientation
  readonly colorPrint: boolean
  readonly doubleSided: boolean
  /** Detected media type of the document. */
  readonly mediaType: string
  readonly renderable: ReadonlySet<RenderedLanguage>
}

const PAGE_TYPES: ReadonlySet<string> = new Set(['application/pdf', 'image/png', 'image/jpeg'])
/** Documents in a printer's own language go out as they came: nothing of them is turned, coloured or put on two sides. */
const RAW_LANGUAGES: ReadonlyMap<string, RenderedLanguage> = new Map([
  ['application/vnd.zebra-zpl', 'zpl'],
  ['application/vnd.escpos', 'escpos'],
])

/** Everything that rules the printer out, each as `keyword: why`; empty when it can print the document. */
export function incapabilitiesOf(printer: PrinterCapability, needs: PrintNeeds): readonly string[] {
  const checks = RAW_LANGUAGES.has(needs.mediaType)
    ? [paperSizeReason, formatReason]
    : [paperSizeReason, orientationReason, colorReason, duplexReason, formatReason]
  return checks.map((check) => check(printer, needs)).filter((reason) => reason !== null)
}

function paperSizeReason({ pageSizes }: PrinterCapability, { paperSize }: PrintNeeds): string | null {
  if (paperSize === null) return null
  const wanted = paperSizeByKey(paperSize)
  if (wanted && pageSizes.some((key) => isPaper(paperSizeByKey(key), wanted))) return null
  return `paper-size-not-supported: it takes ${pageSizes.join(', ') || 'no named size'}, not ${paperSize}`
}

function isPaper(size: PaperSize | null, wanted: PaperSize): boolean {
  return size !== null && matchesPaperSize(size, wanted)
}

function orientationReason({ orientations }: PrinterCapability, { orientation }: PrintNeeds): string | null {
  return orientations.includes(orientation)
    ? null
    : `orientation-not-supported: it does not print ${orientation}`
}

function colorReason({ hasColor }: PrinterCapability, { colorPrint }: PrintNeeds): string | null {
  return colorPrint && !hasColor ? 'color-not-supported: it prints black only' : null
}

function duplexReason({ hasDuplex }: PrinterCapability, { doubleSided }: PrintNeeds): string | null {
  return doubleSided && !hasDuplex ? 'duplex-not-supported: it prints on one side only' : null
}

function formatReason({ connection }: PrinterCapability, needs: PrintNeeds): string | null {
  const taken =
    connection.type === 'socket'
      ? takenByLanguage(connection.language, needs)
      : PAGE_TYPES.has(needs.mediaType)
  if (taken) return null
  const printer = connection.type === 'socket' ? `a socket printer of language ${connection.language}` : 'it'
  return `document-format-not-supported: ${printer} does not take ${needs.mediaType}`
}

function takenByLanguage(language: SocketLanguage, { mediaType, renderable }: PrintNeeds): boolean {
  const rawLanguage = RAW_LANGUAGES.get(mediaType)
  if (rawLanguage !== undefined) return language === rawLanguage || language === 'raw'
  if (language === 'raw' || !PAGE_TYPES.has(mediaType)) return false
  return language === 'pdf' || renderable.has(language)
}
