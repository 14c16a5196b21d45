import { ESCPOS_TYPE, type RawType, ZPL_TYPE } from '../documents/raw-document.ts'
import { paperSizeByKey } from '../printers/paper-sizes.ts'
import type { Printer } from '../printers/printer.ts'

/** What a printer takes without anything being drawn: it works where rendering is at fault too. */
export interface TestPage {
  readonly bytes: Buffer
  readonly mediaType: RawType | 'application/pdf'
}

export const TEST_PAGE_NAME = 'Test page'

type TestedPrinter = Pick<Printer, 'name' | 'model' | 'station' | 'pageSizes' | 'connection'>

export function testPage(printer: TestedPrinter, at: Date): TestPage {
  const lines = linesOf(printer, at)
  const language = printer.connection.type === 'socket' ? printer.connection.language : 'pdf'
  switch (language) {
    case 'zpl':
      return { bytes: zplPage(lines), mediaType: ZPL_TYPE }
    case 'escpos':
      return { bytes: escposPage(lines), mediaType: ESCPOS_TYPE }
    case 'raw':
      return { bytes: plainPage(lines), mediaType: ESCPOS_TYPE }
    case 'pdf':
      return { bytes: pdfPage(lines, printer.pageSizes[0] ?? 'letter'), mediaType: 'application/pdf' }
  }
}

function linesOf({ name, model, station }: TestedPrinter, at: Date): readonly string[] {
  return [
    'Packhouse test page',
    `Printer: ${name}`,
    ...(model === null ? [] : [`Model: ${model}`]),
    `Station: ${station.displayName}`,
    at.toISOString(),
  ].map(toAscii)
}

/** No printer's code page is known here. */
function toAscii(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .replace(/[^\x20-\x7e]/gu, '?')
}

/** Field hex: `^`, `~` and the escape itself would be commands (ZPL II, `^FH`). */
function zplPage(lines: readonly string[]): Buffer {
  const fields = lines.map((line, index) => {
    const data = line.replace(/[\^~_]/g, (sign) => `_${sign.charCodeAt(0).toString(16).toUpperCase()}`)
    return `^FO20,${20 + 32 * index}^A0N,24,24^FH_^FD${data}^FS`
  })
  return Buffer.from(`^XA\n${fields.join('\n')}\n^XZ\n`, 'latin1')
}

/** ESC @ resets, LF prints, GS V 66 feeds and cuts; printers without a cutter ignore that. */
function escposPage(lines: readonly string[]): Buffer {
  return Buffer.from(`\x1b@${lines.join('\n')}\n\n\n\x1dV\x42\x00`, 'latin1')
}

/** A form feed ends the page on printers that have pages. */
function plainPage(lines: readonly string[]): Buffer {
  return Buffer.from(`${lines.join('\r\n')}\r\n\f`, 'latin1')
}

const POINTS_PER_MM = 72 / 25.4
const MARGIN_PT = 12
const FONT_PT = 9
const LEADING_PT = 13

/** One page of text in a standard font, written by hand: ISO 32000-1, 7.5. */
function pdfPage(lines: readonly string[], paperSize: string): Buffer {
  const size = paperSizeByKey(paperSize)
  const widthPt = (size?.widthMm ?? 215.9) * POINTS_PER_MM
  const heightPt = (size?.heightMm ?? 279.4) * POINTS_PER_MM
  const shown = lines.map((line) => `(${line.replace(/[\\()]/g, '\\$&')}) Tj T*`).join('\n')
  const top = heightPt - MARGIN_PT - FONT_PT
  const content = `BT /F1 ${FONT_PT} Tf ${LEADING_PT} TL ${MARGIN_PT} ${top.toFixed(2)} Td\n${shown}\nET`
  return pdfOf([
    '<</Type/Catalog/Pages 2 0 R>>',
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    `<</Type/Page/Parent 2 0 R/MediaBox[0 0 ${widthPt.toFixed(2)} ${heightPt.toFixed(2)}]/Contents 4 0 R` +
      '/Resources<</Font<</F1 5 0 R>>>>>>',
    `<</Length ${content.length}>>stream\n${content}\nendstream`,
    '<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>',
  ])
}

function pdfOf(objects: readonly string[]): Buffer {
  let file = '%PDF-1.4\n'
  const offsets = objects.map((object, index) => {
    const offset = file.length
    file += `${index + 1} 0 obj\n${object}\nendobj\n`
    return offset
  })
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  const size = objects.length + 1
  const trailer = `trailer\n<</Size ${size}/Root 1 0 R>>\nstartxref\n${file.length}\n%%EOF\n`
  return Buffer.from(`${file}xref\n0 ${size}\n0000000000 65535 f \n${table}${trailer}`, 'latin1')
}
