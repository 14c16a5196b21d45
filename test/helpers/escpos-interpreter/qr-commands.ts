/** QR codes that the printer draws itself: GS ( k of symbol 49. */
import type { PrintedQr } from './paper.ts'
import type { Printer } from './printer.ts'
import { qrModules } from './qr-size.ts'

const QR = 49
const LEVELS = ['L', 'M', 'Q', 'H'] as const
const PARAMETERS_BYTES: Readonly<Record<number, number>> = { 65: 4, 67: 3, 69: 3, 81: 3, 82: 3 }

/** GS ( k after its two letters. */
export function twoDimensional(printer: Printer): void {
  const { reader } = printer
  const length = reader.word()
  if (length < 3) throw reader.error(`GS ( k of ${length} bytes`)
  reader.oneOf('symbol', [QR])
  const task = reader.oneOf('function', [65, 67, 69, 80, 81, 82])
  const expected = PARAMETERS_BYTES[task]
  if (expected !== undefined && expected !== length) {
    throw reader.error(`function ${task} takes ${expected} bytes, not ${length}`)
  }
  if (task === 80) store(printer, length - 3)
  else if (task < 80) setUp(printer, task)
  else output(printer, task)
}

function setUp(printer: Printer, task: number): void {
  const { reader, settings } = printer
  if (task === 65) {
    const model = reader.oneOf('model', [49, 50]) === 49 ? 1 : 2
    reader.oneOf('n2', [0])
    printer.set({ qr: { ...settings.qr, model } })
    return
  }
  if (task === 69) {
    printer.set({ qr: { ...settings.qr, level: reader.oneOf('level', [48, 49, 50, 51]) - 48 } })
    return
  }
  const moduleDots = reader.byte()
  if (moduleDots < 1 || moduleDots > 16) throw reader.error(`modules of ${moduleDots} dots`)
  printer.set({ qr: { ...settings.qr, moduleDots } })
}

function store(printer: Printer, count: number): void {
  const { reader, settings } = printer
  reader.oneOf('m', [48])
  if (count < 1 || count > 7089) throw reader.error(`QR data of ${count} bytes`)
  printer.set({ qr: { ...settings.qr, data: reader.take(count).slice() } })
}

function output(printer: Printer, task: number): void {
  const { reader } = printer
  const { model, moduleDots, level, data } = printer.settings.qr
  reader.oneOf('m', [48])
  printer.needLineStart('GS ( k')
  if (data.length === 0) throw reader.error('there is no QR data to print')
  if (task === 82) {
    printer.event<'statusRequest'>({ kind: 'statusRequest', bytes: 'size of the QR code' })
    return
  }
  const modules = qrModules(data, level)
  if (modules === undefined) throw reader.error(`${data.length} bytes are too many for a QR code`)
  const sizeDots = modules * moduleDots
  const place = printer.place('a QR code', sizeDots)
  const symbol = { model, moduleDots, level: LEVELS[level] ?? 'L', data, modules }
  printer.add<PrintedQr>({ kind: 'qr', ...symbol, ...place, sizeDots }, sizeDots)
}
