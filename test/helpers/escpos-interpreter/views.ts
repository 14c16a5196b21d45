/** What a test asks of the paper. */
import { type ReadSymbol, readSymbols } from '../symbol-reader.ts'
import type { Paper, Printed, PrintedLine, PrintedPicture } from './paper.ts'

/** The items of one kind, in the order they were printed. */
export function all<Kind extends Printed['kind']>(
  paper: Paper,
  kind: Kind,
): Extract<Printed, { kind: Kind }>[] {
  return paper.printed.filter((item): item is Extract<Printed, { kind: Kind }> => item.kind === kind)
}

/** The lines of text as they stand on the paper, without the white before and after. */
export function textOf(paper: Paper): readonly string[] {
  return linesOf(paper).map((line) => line.text.trim())
}

export function linesOf(paper: Paper): readonly PrintedLine[] {
  return all(paper, 'line')
}

/** Pictures, those put together that touch: bands of one picture, with nothing between them. */
export function picturesOf(paper: Paper): readonly PrintedPicture[] {
  const whole: PrintedPicture[] = []
  for (const picture of all(paper, 'picture')) {
    const above = whole.at(-1)
    if (above && isContinued(above, picture)) whole[whole.length - 1] = joined(above, picture)
    else whole.push(picture)
  }
  return whole
}

export interface FoundSymbol extends ReadSymbol {
  readonly yDots: number
}

/** Every barcode and QR code on the paper: read from the dots of pictures, or as the printer draws it itself. */
export async function symbolsOf(paper: Paper): Promise<readonly FoundSymbol[]> {
  const inPictures = await Promise.all(
    picturesOf(paper).map(async (picture) =>
      (await readSymbols(picture)).map((symbol) => ({ ...symbol, yDots: picture.yDots })),
    ),
  )
  const native = [
    ...all(paper, 'qr').map(({ data, yDots }) => ({
      format: 'QRCode',
      text: Buffer.from(data).toString(),
      yDots,
    })),
    ...all(paper, 'barcode').map(({ type, value, yDots }) => ({ format: type, text: value, yDots })),
  ]
  return [...inPictures.flat(), ...native].sort((one, other) => one.yDots - other.yDots)
}

function isContinued(above: PrintedPicture, below: PrintedPicture): boolean {
  return (
    above.yDots + above.heightDots === below.yDots &&
    above.xDots === below.xDots &&
    above.widthDots === below.widthDots &&
    above.source === below.source
  )
}

function joined(above: PrintedPicture, below: PrintedPicture): PrintedPicture {
  return {
    ...above,
    heightDots: above.heightDots + below.heightDots,
    bits: new Uint8Array(Buffer.concat([above.bits, below.bits])),
  }
}
