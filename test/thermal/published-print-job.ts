/** The print job of the published page, and what a printer makes of it. */

/** Word for word, its picture cut off. */
export const PUBLISHED_MESSAGE = `{
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

export const CUT_OFF_LOGO = 'iVBORw0KGgoAAAANSUhEUgAAAAUA...'
const RULE = '-'.repeat(48)
export const PUBLISHED_RECEIPT = [
  RULE,
  'Ticket #: FAC-001234',
  'Fecha: 15/01/2024',
  'Cliente: John Doe',
  RULE,
  'Cant  Producto                     Total',
  '2     Product A                    21.00',
  RULE,
  'Subtotal: 21.00',
  'IVA: 1.68',
  'TOTAL: 22.68',
  RULE,
  '¡Gracias por su compra!',
]
/** Of the barcode: name, value and price. Then the white around the QR code. */
export const PUBLISHED_LABEL = ['Product A', 'FAC-001234', '$10.50', '', '']
