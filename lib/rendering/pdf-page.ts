import { readUserUnits } from './pdf-user-unit.ts'
import { type OpenPdf, openPdf } from './pdfium.ts'

/** Opens a PDF whose `pageSize` is as seen: the user unit too is applied. */
export async function openMeasuredPdf(bytes: Uint8Array): Promise<OpenPdf> {
  const pdf = await openPdf(bytes)
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const userUnit = readUserUnits(file, pdf.pageCount)
  return {
    ...pdf,
    pageSize(index) {
      const { widthPt, heightPt } = pdf.pageSize(index)
      return { widthPt: widthPt * userUnit(index), heightPt: heightPt * userUnit(index) }
    },
  }
}
