/** contracts/thermal.md: 1,000 receipts a second are laid out and encoded on one core. */
import ReceiptPrinterEncoder from '@point-of-sale/receipt-printer-encoder'
import receiptline from 'receiptline'
import { defaultTemplate } from '../../lib/thermal/default-templates.ts'
import { type JsonObject, parseJson } from '../../lib/thermal/json-text.ts'
import { asObject } from '../../lib/thermal/lenient.ts'
import { readMedia } from '../../lib/thermal/media.ts'
import { renderReceipt } from '../../lib/thermal/receipt.ts'
import { readTemplate } from '../../lib/thermal/template-reading.ts'
import { thermalSettings } from '../../lib/thermal/thermal-settings.ts'
import { type Race, rateOf, type Suite } from '../harness.ts'

interface Sale {
  readonly CompanyName: string
  readonly CompanyAddress: string
  readonly CompanyPhone: string
  readonly Number: string
  readonly Date: string
  readonly CustomerName: string
  readonly Items: readonly { readonly Name: string; readonly Quantity: number; readonly Total: number }[]
  readonly Subtotal: number
  readonly Tax: number
  readonly Total: number
  readonly InvoiceUrl: string
}

const SALE: Sale = {
  CompanyName: 'CAFÉ ÑANDÚ',
  CompanyAddress: 'Calle 12 # 3-45, Bogotá',
  CompanyPhone: '601 555 0199',
  Number: 'FAC-001234',
  Date: '15/01/2024',
  CustomerName: 'María Núñez',
  Items: [
    { Name: 'Café de origen Huila, molienda media, bolsa de 500 g', Quantity: 1, Total: 38.5 },
    { Name: 'Arepa de queso', Quantity: 2, Total: 9.25 },
    { Name: 'Jugo de maracuyá', Quantity: 2, Total: 11.75 },
    { Name: 'Almojábana', Quantity: 4, Total: 12.45 },
    { Name: 'Chocolate santafereño con pan y queso', Quantity: 1, Total: 14.95 },
    { Name: 'Empanada de pipián', Quantity: 6, Total: 18.15 },
    { Name: 'Agua sin gas 600 ml', Quantity: 3, Total: 7.55 },
    { Name: 'Torta de zanahoria', Quantity: 1, Total: 8.85 },
    { Name: 'Té de coca', Quantity: 1, Total: 4.25 },
    { Name: 'Pandebono', Quantity: 3, Total: 6.65 },
    { Name: 'Tinto', Quantity: 2, Total: 5.15 },
    { Name: 'Propina voluntaria', Quantity: 1, Total: 13.75 },
  ],
  Subtotal: 151.25,
  Tax: 12.15,
  Total: 163.45,
  InvoiceUrl: 'https://example.com/invoice/001234',
}

const RULE_COLUMNS = 48
/** Cant, Producto, Total: 13, 55 and 17 % of 48 columns. */
const WIDTHS = [6, 26, 8] as const
const BARCODE = { Type: 'CODE128', Value: 'FAC-001234', Height: 50, Width: 2, Hri: true }
const SIZE_2 = 2

export const receipts: Suite = {
  name: 'receipts',
  title: 'one sale of 12 items laid out for 80 mm in windows-1252 and encoded to ESC/POS, on one core',
  unit: 'receipts/s of processor time',
  better: 'higher',
  async open() {
    const races = [
      raceOf('text', { hasQr: false, hasBarcode: false }),
      raceOf('text and a QR code (receiptline draws it, the others leave it to the printer)', {
        hasQr: true,
        hasBarcode: false,
      }),
      raceOf('text, a QR code and a Code 128 (Packhouse draws it, with white space for scanners)', {
        hasQr: true,
        hasBarcode: true,
      }),
    ]
    for (const { encoders } of races) await assertSameText(encoders)
    return { races: races.map(({ race }) => race) }
  },
}

type Encode = () => Uint8Array | Promise<Uint8Array>
interface Symbols {
  readonly hasQr: boolean
  readonly hasBarcode: boolean
}

function raceOf(title: string, symbols: Symbols): { race: Race; encoders: ReadonlyMap<string, Encode> } {
  const encoders = new Map<string, Encode>([
    ['receiptline 4.0.4', () => byReceiptline(symbols)],
    ['@point-of-sale/receipt-printer-encoder 4.0.1', () => byEncoder(symbols)],
    ['Packhouse, from the parsed document', packhouse(symbols)],
    ["Packhouse, from the message's text", packhouseFromText(symbols)],
  ])
  const contestants = [...encoders].map(([name, encode]) => ({ name, sample: rateOf(encode, 'processor') }))
  return { race: { title, contestants }, encoders }
}

function byReceiptline({ hasQr, hasBarcode }: Symbols): Uint8Array {
  const escaped = (text: string) => text.replaceAll(/[\\|{}~_"`^]/g, '\\$&')
  const { Items, ...sale } = SALE
  const lines = [
    `^^"${escaped(sale.CompanyName)}"`,
    escaped(sale.CompanyAddress),
    `Tel: ${escaped(sale.CompanyPhone)}`,
    '---',
    `"Ticket #: ${escaped(sale.Number)}" |`,
    `Fecha: ${escaped(sale.Date)} |`,
    `Cliente: ${escaped(sale.CustomerName)} |`,
    '---',
    `{width:${WIDTHS.join(',')};align:left}`,
    'Cant | Producto | Total',
    ...Items.map((item) => `${item.Quantity} | ${escaped(item.Name)} | ${item.Total}`),
    '{width:auto}',
    '---',
    `| Subtotal: ${sale.Subtotal}`,
    `| IVA: ${sale.Tax}`,
    `| ^^^"TOTAL: ${sale.Total}"`,
    '---',
    '"¡Gracias por su compra!"',
    ...(hasQr ? [`{code:${sale.InvoiceUrl};option:qrcode,4,l}`] : []),
    ...(hasBarcode ? [`{code:${BARCODE.Value};option:code128,2,50,hri}`] : []),
    '=',
  ]
  const printer = { cpl: RULE_COLUMNS, encoding: 'cp1252', command: 'escpos' } as const
  return Buffer.from(receiptline.transform(lines.join('\n'), printer), 'latin1')
}

function byEncoder({ hasQr, hasBarcode }: Symbols): Uint8Array {
  const { Items, ...sale } = SALE
  const encoder = new ReceiptPrinterEncoder({ language: 'esc-pos', columns: RULE_COLUMNS, feedBeforeCut: 8 })
  encoder.initialize().codepage('windows1252')
  encoder.align('center').bold(true).size(SIZE_2).line(sale.CompanyName).size(1).bold(false)
  encoder.line(sale.CompanyAddress).line(`Tel: ${sale.CompanyPhone}`).rule()
  encoder.align('left').bold(true).line(`Ticket #: ${sale.Number}`).bold(false)
  encoder.line(`Fecha: ${sale.Date}`).line(`Cliente: ${sale.CustomerName}`).rule()
  encoder.table(
    WIDTHS.map((width, index) => ({ width, align: index === 2 ? 'right' : 'left' })),
    [
      ['Cant', 'Producto', 'Total'],
      ...Items.map((item) => [String(item.Quantity), item.Name, String(item.Total)]),
    ],
  )
  encoder.align('right').rule().line(`Subtotal: ${sale.Subtotal}`).line(`IVA: ${sale.Tax}`)
  encoder.bold(true).size(SIZE_2).line(`TOTAL: ${sale.Total}`).size(1).bold(false).rule()
  encoder.align('center').bold(true).line('¡Gracias por su compra!').bold(false)
  if (hasQr) encoder.qrcode(sale.InvoiceUrl, { model: 2, size: 4, errorlevel: 'l' })
  if (hasBarcode) encoder.barcode(BARCODE.Value, 'code128', { height: 50, width: 2, text: true })
  return encoder.cut('full').encode()
}

const TEMPLATE = readTemplate(defaultTemplate('ticket_venta'))
const SETTINGS = thermalSettings()

function packhouse(symbols: Symbols): Encode {
  const message = objectOf(messageText(symbols))
  return () => render(message)
}

/** As a connection gets it: the JSON is parsed too, which the others are spared. */
function packhouseFromText(symbols: Symbols): Encode {
  const text = messageText(symbols)
  return () => render(objectOf(text))
}

async function render(message: JsonObject): Promise<Uint8Array> {
  const document = asObject(message['Document']) ?? {}
  const media = readMedia(message)
  const decodeGrey = () => Promise.resolve(undefined)
  return (await renderReceipt({ template: TEMPLATE, document, media, settings: SETTINGS, decodeGrey })).bytes
}

function messageText({ hasQr, hasBarcode }: Symbols): string {
  const Document = { ...SALE, InvoiceUrl: hasQr ? SALE.InvoiceUrl : null }
  return JSON.stringify({ Document, ...(hasBarcode && { Barcodes: [BARCODE] }) })
}

function objectOf(text: string): JsonObject {
  return asObject(parseJson(text)) ?? {}
}

/** Each of the texts that a customer reads is in what each of them makes. */
async function assertSameText(encoders: ReadonlyMap<string, Encode>): Promise<void> {
  const texts = ['CAFÉ ÑANDÚ', 'Bogotá', 'FAC-001234', 'María Núñez', 'Torta de zanahoria', '163.45']
  for (const [name, encode] of encoders) {
    const printed = Buffer.from(await encode()).toString('latin1')
    const missing = texts.filter((text) => !printed.includes(text))
    if (missing.length > 0) throw new Error(`${name} does not print ${missing.join(', ')}`)
  }
}
