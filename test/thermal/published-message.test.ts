import { expect } from 'chai'
import { defaultTemplate } from '../../lib/thermal/default-templates.ts'
import { member } from '../../lib/thermal/lenient.ts'
import { type Scanned, scanEscpos } from '../helpers/escpos-scanner.ts'
import { readSymbols } from '../helpers/symbol-reader.ts'
import { jsonObject, render } from './receipt-kit.ts'

/** The print job of the published page, word for word. */
const MESSAGE = `{
  "JobId": "job_12345",
  "StationId": "STATION_001",
  "PrinterId": "PRINTER_001",
  "DocumentType": "ticket_venta",
  "Document": {
    "Number": "FAC-001234",
    "Date": "2024-01-15",
    "CustomerName": "John Doe",
    "Items": [
      {
        "Name": "Product A",
        "Quantity": 2,
        "Price": 10.50,
        "Total": 21.00
      }
    ],
    "Subtotal": 21.00,
    "Tax": 1.68,
    "Total": 22.68
  },
  "Images": [
    {
      "Id": "logo",
      "Base64": "iVBORw0KGgoAAAANSUhEUgAAAAUA...",
      "Align": "center",
      "WidthMm": 40
    }
  ],
  "Barcodes": [
    {
      "Type": "CODE128",
      "Value": "FAC-001234",
      "Height": 50,
      "Width": 2,
      "Hri": true,
      "ItemId": "item_001",
      "Name": "Product A",
      "Price": "$10.50"
    }
  ],
  "QRs": [
    {
      "Value": "https://example.com/invoice/001234",
      "Size": 6,
      "Align": "center"
    }
  ]
}`

async function printedItems(): Promise<Scanned[]> {
  const document = JSON.stringify(member(jsonObject(MESSAGE), 'Document'))
  // The numbers as the message has them, `21.00`: JSON.stringify would write 21.
  const written = MESSAGE.slice(MESSAGE.indexOf('"Document": ') + 12, MESSAGE.indexOf(',\n  "Images"'))
  expect(JSON.parse(written)).to.deep.equal(JSON.parse(document))
  const { bytes } = await render({
    template: defaultTemplate('ticket_venta') ?? {},
    document: written,
    media: MESSAGE,
  })
  return scanEscpos(bytes).items
}

describe('the print job of the published page', () => {
  it('prints number, date, items and totals, and then its media', async () => {
    const seen = (await printedItems()).map((item) =>
      item.kind === 'line' ? item.text.trimEnd() : item.kind,
    )
    const rule = '-'.repeat(48)
    expect(seen).to.deep.equal([
      rule,
      'Ticket #: FAC-001234',
      'Fecha: 15/01/2024',
      'Cliente: John Doe',
      rule,
      'Cant  Producto                     Total',
      '2     Product A                    21.00',
      rule,
      'Subtotal: 21.00',
      'IVA: 1.68',
      'TOTAL: 22.68',
      rule,
      '\xa1Gracias por su compra!',
      // The page's picture is cut off.
      '[image logo]',
      'Product A',
      'picture',
      'FAC-001234',
      '$10.50',
      '',
      'qr',
      '',
      'end',
    ])
  })

  it('has a barcode that can be read, and a QR code with its value', async () => {
    const items = await printedItems()
    const picture = items.find((item) => item.kind === 'picture')
    if (picture?.kind !== 'picture') throw new Error('no picture')
    expect(picture.rows).to.equal(66)
    expect(await readSymbols({ ...picture, heightDots: picture.rows })).to.deep.equal([
      { format: 'Code128', text: 'FAC-001234' },
    ])
    expect(items.find((item) => item.kind === 'qr')).to.include({
      size: 6,
      align: 1,
      data: 'https://example.com/invoice/001234',
    })
  })
})
