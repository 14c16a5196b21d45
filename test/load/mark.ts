/** Each document carries a number of its own, as text and as a row of bars, so that its paper is known wherever it comes out. */

const TEXT = /LM([0-9a-f]{6})E/g
/** 24 bits of the number and 8 that check them. */
const CELLS = 32
const CELL_PT = 8
const LEFT_PT = 16
/** Middle of the bars, from the top of a 4 x 6 in label. */
const DOWN_PT = 28
const LABEL = { widthPt: 288, heightPt: 432 }
const LETTER = { widthPt: 612, heightPt: 792 }
const HEAD_DPI = 203
const POINTS_PER_INCH = 72

export function markText(mark: number): string {
  return `LM${mark.toString(16).padStart(6, '0')}E`
}

/** A 4 x 6 in label, some 9 kB: text, the bars, a picture of 256 x 256 dots. */
export function labelPdf(mark: number): Buffer {
  return pdfOf(mark, LABEL)
}

/** A US Letter page, some 9 kB. */
export function letterPdf(mark: number): Buffer {
  return pdfOf(mark, LETTER)
}

/** A label as shops send it to Zebra printers. */
export function labelZpl(mark: number): Buffer {
  return Buffer.from(
    `^XA^PW812^LL1218^FO40,40^A0N,40,40^FDSHIP TO^FS^FO40,120^BY3^BCN,160,Y,N,N^FD${markText(mark)}^FS^XZ`,
  )
}

/** Every mark that is there as text, as often as it is there. */
export function marksWritten(text: string): readonly number[] {
  return [...text.matchAll(TEXT)].map(([, hex = '']) => Number.parseInt(hex, 16))
}

/** -1 for a picture without a readable one: paper that nobody asked for. */
export function markInRaster(widthBytes: number, bits: Buffer): number {
  const dots = (points: number) => Math.round((points * HEAD_DPI) / POINTS_PER_INCH)
  const row = dots(DOWN_PT) * widthBytes
  let value = 0
  for (let cell = 0; cell < CELLS; cell += 1) {
    const x = dots(LEFT_PT + CELL_PT * (cell + 0.5))
    const isBlack = ((bits[row + (x >> 3)] ?? 0) & (0x80 >> (x & 7))) !== 0
    value = value * 2 + (isBlack ? 1 : 0)
  }
  const mark = Math.floor(value / 256)
  return checkOf(mark) === value % 256 ? mark : -1
}

function checkOf(mark: number): number {
  return (((mark >> 16) ^ (mark >> 8) ^ mark) & 0xff) ^ 0xa5
}

function pdfOf(mark: number, { widthPt, heightPt }: typeof LABEL): Buffer {
  const bits = mark * 256 + checkOf(mark)
  const bars = Array.from({ length: CELLS }, (_, cell) =>
    Math.floor(bits / 2 ** (CELLS - 1 - cell)) % 2 === 1
      ? `${LEFT_PT + CELL_PT * cell} ${heightPt - DOWN_PT - 12} ${CELL_PT} 24 re`
      : '',
  )
  const content = [
    bars.join('\n'),
    'f',
    `BT /F1 18 Tf 20 ${heightPt - 80} Td (SHIP TO) Tj 0 -24 Td (Ada Example, 1 Sample Street) Tj`,
    `0 -24 Td (${markText(mark)}) Tj ET`,
    'q 128 0 0 128 60 40 cm /P1 Do Q',
  ].join('\n')
  return assemble([
    '<</Type/Catalog/Pages 2 0 R>>',
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    `<</Type/Page/Parent 2 0 R/MediaBox[0 0 ${widthPt} ${heightPt}]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>/XObject<</P1 6 0 R>>>>>>`,
    `<</Length ${content.length}>>\nstream\n${content}\nendstream`,
    '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>',
    PICTURE,
  ])
}

/** A chequered one, 8 kB: real labels have a logo. */
const PICTURE = (() => {
  const dots = Buffer.alloc(4096, 0xf0).toString('latin1') + Buffer.alloc(4096, 0x0f).toString('latin1')
  const kind = '/Type/XObject/Subtype/Image/Width 256/Height 256/ColorSpace/DeviceGray/BitsPerComponent 1'
  return `<<${kind}/Length ${dots.length}>>\nstream\n${dots}\nendstream`
})()

function assemble(objects: readonly string[]): Buffer {
  let text = '%PDF-1.4\n'
  const offsets = objects.map((object, index) => {
    const offset = text.length
    text += `${index + 1} 0 obj\n${object}\nendobj\n`
    return offset
  })
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}trailer\n<</Size ${objects.length + 1}/Root 1 0 R>>\nstartxref\n${text.length}\n%%EOF\n`
  return Buffer.from(text, 'latin1')
}
