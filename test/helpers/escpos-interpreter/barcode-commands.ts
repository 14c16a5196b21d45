/** Barcodes that the printer draws itself: GS k with its data up to a NUL, or with its length before them. */
import { BARCODES, UnprintableBarcode } from './barcode-types.ts'
import type { Commands } from './commands.ts'
import type { PrintedBarcode } from './paper.ts'
import type { Printer } from './printer.ts'

const HRI = ['none', 'above', 'below', 'both'] as const
const HRI_SIDES = { none: 0, above: 1, below: 1, both: 2 } as const
const HRI_DOTS = { A: 24, B: 17 } as const
const FONTS = ['A', 'B'] as const

export const BARCODE_GS: Commands = {
  h: setHeight,
  w: (printer) =>
    setBarcode(printer, { moduleDots: printer.reader.oneOf('module width', [1, 2, 3, 4, 5, 6]) }),
  H: (printer) => setBarcode(printer, { hri: printer.reader.oneOf('place of the text', [0, 1, 2, 3], true) }),
  f: (printer) => setBarcode(printer, { hriFont: FONTS[printer.reader.oneOf('font', [0, 1], true)] ?? 'A' }),
  k: printBarcode,
}

function setHeight(printer: Printer): void {
  const heightDots = printer.reader.byte()
  if (heightDots === 0) throw printer.reader.error('a barcode without height')
  setBarcode(printer, { heightDots })
}

function setBarcode(printer: Printer, changed: Partial<Printer['settings']['barcode']>): void {
  printer.set({ barcode: { ...printer.settings.barcode, ...changed } })
}

function printBarcode(printer: Printer): void {
  const { reader } = printer
  const number = reader.byte()
  const isWithLength = number >= 65
  const type = BARCODES[isWithLength ? number - 65 : number]
  if (!type || (!isWithLength && number > 6)) throw reader.error(`barcode system ${number} is not known`)
  const data = isWithLength ? reader.take(reader.byte()) : reader.untilNul()
  printer.needLineStart('GS k')
  const { heightDots, moduleDots, hri, hriFont } = printer.settings.barcode
  const place = HRI[hri] ?? 'none'
  try {
    const { value, modules } = type.read(data)
    const widthDots = Math.round(modules * moduleDots)
    const position = printer.place('a barcode', widthDots)
    const bars = { type: type.name, value, moduleDots, heightDots, ...position, widthDots }
    const textDots = HRI_SIDES[place] * HRI_DOTS[hriFont]
    printer.add<PrintedBarcode>({ kind: 'barcode', ...bars, hri: place, hriFont }, heightDots + textDots)
  } catch (failure) {
    throw failure instanceof UnprintableBarcode ? reader.error(`${type.name}: ${failure.message}`) : failure
  }
}
