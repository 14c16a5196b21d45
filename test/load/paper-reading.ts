/** Whether what a printer received is a whole document, and which. */
import { readZplGraphic } from '../helpers/zpl-reader.ts'
import { labelPdf, labelZpl, letterPdf, markInRaster, marksWritten } from './mark.ts'

export interface ReadPaper {
  /** As often as they are there; -1 for a picture without a readable one. */
  readonly marks: readonly number[]
  /** Why it isn't one whole document; null: it is, or nothing was printed. */
  readonly fault: string | null
}

/** What a label printer is asked before and after a document, and any printer by a connection that brings nothing. */
const QUESTIONS = /^(~HS)+|(~HS)+$/g
const LABEL_BEGINS = /^\^XA/
const LABEL_ENDS = /\^FS\^PQ1\^XZ\s*$/

export function readPaper(received: Buffer): ReadPaper {
  const text = received.toString('latin1').replace(QUESTIONS, '')
  if (text === '') return { marks: [], fault: null }
  const written = marksWritten(text)
  if (written.length > 0) return { marks: written, fault: faultOfWritten(text, written) }
  if (text.includes('^GF')) return readDrawn(text)
  return { marks: [], fault: `${text.length} bytes without a mark` }
}

/** It goes out as it was sent: whoever knows its mark can make it again. */
function faultOfWritten(text: string, marks: readonly number[]): string | null {
  const [mark = 0] = marks
  if (marks.length > 1) return `${marks.length} documents at once, ${marks.join(', ')}`
  const documents = [labelPdf(mark), letterPdf(mark), labelZpl(mark)]
  if (documents.some((document) => document.equals(Buffer.from(text, 'latin1')))) return null
  return `${text.length} bytes of ${mark}, which are no document that was sent`
}

function readDrawn(text: string): ReadPaper {
  try {
    const marks = readZplGraphic(text).map(({ widthBytes, bits }) => markInRaster(widthBytes, bits))
    const isOne = marks.length === 1 && text.match(/\^X[AZ]/g)?.length === 2
    const isWhole = isOne && LABEL_BEGINS.test(text) && LABEL_ENDS.test(text)
    return {
      marks,
      fault: isWhole ? null : `no one drawn label, of ${marks.join()}, from its beginning to its end`,
    }
  } catch (error) {
    return {
      marks: [],
      fault: `a picture that can't be read: ${error instanceof Error ? error.message : error}`,
    }
  }
}
