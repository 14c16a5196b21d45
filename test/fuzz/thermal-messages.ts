import fc from 'fast-check'
import { type TextPath, textPathsIn } from './text-places.ts'

const ITEM = { Qty: 2, Name: 'Café', Total: 1.5, ItemId: 'A-1', Price: '3' }
const ITEMS = [ITEM]
const LONG = 'https://example.com/'.padEnd(1_500, 'invoice-')
const MANY = Array.from({ length: 60 }, (_, index) => ({ ...ITEM, ItemId: `${index}` }))
const ORDER = { order: { Number: 87, Date: '2024-01-15T10:30:00', Items: ITEMS }, Detail: 'x' }
const INVOICE = { CompanyName: 'Ñandú', Items: ITEMS, Total: 24.3, InvoiceUrl: 'https://example.com/1' }
const STICKERS = { stickers: ITEMS }
const DOCUMENTS = [
  ORDER,
  INVOICE,
  { CompanyName: LONG, Items: MANY, Total: '1'.repeat(400), InvoiceUrl: LONG },
  { stickers: MANY.slice(0, 40) },
  STICKERS,
  {},
]
const ELEMENT = { Type: 'Text', Label: 'Total: ', Source: 'Total', Format: 'Bold Size2', Align: 'Right' }
const SECTIONS = [
  {
    Type: 'Static',
    Align: 'Center',
    Elements: [ELEMENT, { Type: 'Line' }, { Type: 'QR', Source: 'InvoiceUrl' }],
  },
  {
    Type: 'Table',
    Source: 'Items',
    Elements: [
      { Label: 'Qty', Source: 'Qty', WidthPercentage: 20 },
      { Label: 'Name', Source: 'Name' },
    ],
  },
  {
    Type: 'Repeated',
    Source: 'stickers',
    Elements: [{ Type: 'Barcode', Source: 'ItemId', Properties: { Columns: 2 } }],
  },
]
const TEMPLATE = {
  Action: 'UpdateTemplate',
  Template: { DocumentType: 'own', Sections: SECTIONS, Settings: {} },
}

interface Receipt {
  readonly type: string
  readonly document: object
  readonly qr: string
  readonly isIdempotent: boolean
}

/** Messages of contracts/thermal.md that are valid, but for their types and documents, which needn't fit. */
export function thermalMessages(picture: string): fc.Arbitrary<unknown> {
  const job = fc
    .record({
      qr: fc.constantFrom('https://example.com', LONG.slice(0, 150), LONG),
      type: fc.constantFrom('comanda', 'ticket_venta', 'sticker', 'factura_electronica', 'own', 'none'),
      document: fc.constantFrom(...DOCUMENTS),
      isIdempotent: fc.boolean(),
    })
    .map((receipt) => jobOf(receipt, picture))
  return fc.oneof(
    { weight: 5, arbitrary: job },
    { weight: 3, arbitrary: fc.constant(TEMPLATE) },
    { weight: 1, arbitrary: fc.constantFrom('Cut', 'Drawer', 'Beep').map(commandOf) },
  )
}

/** A valid message, and where text stands in it. */
export interface ThermalSample {
  readonly message: object
  /** What is printed whatever it says: each costs a print, so that a text is put in all of them together. */
  readonly together: readonly TextPath[]
  readonly apart: readonly TextPath[]
}

/** One of each form; pictures, symbols and what leads to a printer stand in the first alone. */
export function samplesOf(picture: string): readonly ThermalSample[] {
  const plain = { qr: 'https://example.com', isIdempotent: false }
  const order = jobOf({ ...plain, type: 'comanda', document: ORDER }, picture)
  const bare = { ...order, Images: [], Barcodes: [], QRs: [] }
  const others = [
    { ...bare, DocumentType: 'factura_electronica', Document: INVOICE },
    { ...bare, DocumentType: 'sticker', Document: STICKERS },
  ]
  const sampleOf = (message: object) => ({
    message,
    together: textPathsIn(message).filter(isPrinted),
    apart: textPathsIn(message).filter((path) => !isPrinted(path)),
  })
  return [
    ...[order, TEMPLATE, commandOf('Beep')].map(sampleOf),
    ...others.map((message) => ({ ...sampleOf(message), apart: [] })),
  ]
}

function isPrinted([name]: TextPath): boolean {
  return name === 'Document'
}

function jobOf({ type, document, qr, isIdempotent }: Receipt, picture: string) {
  return {
    JobId: 'a job',
    PrinterId: 'PRINTER_001',
    DocumentType: type,
    Document: document,
    Images: [{ Id: 'logo', Base64: picture, Align: 'Center', WidthMm: 20 }],
    Barcodes: [{ Type: 'EAN13', Value: '750123456789', Height: 80, Width: 2, Hri: true }],
    QRs: [{ Value: qr, Size: 4 }],
    Idempotent: isIdempotent,
  }
}

function commandOf(Command: string): object {
  return { Action: 'ExecuteCommand', PrinterId: 'PRINTER_001', Command, JobId: 'a command' }
}
