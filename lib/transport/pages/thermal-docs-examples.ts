import { defaultTemplate } from '../../thermal/default-templates.ts'
import { jsonText } from './json-text.ts'

/** What the page at `/docs/thermal` begins with; each member is text for an editor. */
export interface ThermalExample {
  readonly name: string
  readonly template: string
  readonly document: string
  /** `Images`, `Barcodes`, `QRs`. */
  readonly media: string
}

/** Texts, since their numbers keep their digits. */
const DOCUMENTS = {
  ticket_venta: `{
  "CompanyName": "Café Ñandú",
  "CompanyAddress": "Calle 12 # 3-45, Bogotá",
  "CompanyPhone": "601 555 0199",
  "Number": "FAC-001234",
  "Date": "2024-01-15T10:30:00",
  "CustomerName": "John Doe",
  "Items": [
    { "Name": "Product A", "Quantity": 2, "Price": 10.50, "Total": 21.00 },
    { "Name": "A product with a name that needs two lines", "Quantity": 1, "Total": 1.50 }
  ],
  "Subtotal": 22.50,
  "Tax": 1.80,
  "Total": 24.30,
  "InvoiceUrl": "https://example.com/invoice/001234"
}`,
  comanda: `{
  "order": {
    "COPY": "ORIGINAL",
    "RestaurantName": "Café Ñandú",
    "Number": 87,
    "Table": "Terrace 4",
    "Waiter": "Lucía",
    "Date": "2024-01-15T10:30:00",
    "Items": [
      { "Qty": 2, "Name": "Arepa de queso" },
      { "Qty": 1, "Name": "Chocolate santafereño" }
    ]
  },
  "Detail": "No onions on one of them"
}`,
  factura_electronica: `{
  "Seller": {
    "Name": "Café Ñandú S.A.S.",
    "Nit": "900.123.456-7",
    "TaxRegime": "Responsable de IVA",
    "Address": "Calle 12 # 3-45",
    "City": "Bogotá",
    "Phone": "601 555 0199",
    "ResolutionText": "Resolución DIAN 18764000001 del 2024-01-01, de FE1 a FE5000"
  },
  "Buyer": { "Name": "María Núñez", "Nit": "52.123.456", "Email": "maria@example.com" },
  "Invoice": {
    "Number": "FE1234",
    "IssueDate": "2024-01-15T10:30:00",
    "PaymentMethod": "Contado",
    "PaymentMeans": "Tarjeta débito",
    "Currency": "COP",
    "Items": [
      { "Quantity": 2, "Description": "Café de origen 500 g", "UnitPrice": 38500, "IvaRate": 5, "Total": 77000 }
    ],
    "Subtotal": 77000,
    "Iva": 3850,
    "Total": 80850
  },
  "TechKey": "fc8eac422eba16e22ffd8c6f94b3f40a6e38162c",
  "QrString": "https://catalogo-vpfe.dian.gov.co/document/searchqr?documentkey=fc8eac42"
}`,
  sticker_codigo_barras: `{
  "stickers": [
    { "ItemId": "ITEM-001", "Name": "Product A", "Price": "$10.50" },
    { "ItemId": "ITEM-002", "Name": "Product B", "Price": "$7.25" }
  ]
}`,
} as const

const NO_MEDIA = '{\n  "Images": [],\n  "Barcodes": [],\n  "QRs": []\n}'
const TICKET_MEDIA = `{
  "Images": [],
  "Barcodes": [
    { "Type": "CODE128", "Value": "FAC-001234", "Height": 50, "Hri": true }
  ],
  "QRs": []
}`

/** The default templates, each in both languages, with documents for them. */
export const THERMAL_EXAMPLES: readonly ThermalExample[] = Object.entries(DOCUMENTS).flatMap(
  ([type, document]) =>
    (['es', 'en'] as const).map((language) => ({
      name: `${type}, ${language === 'es' ? 'Spanish' : 'English'}`,
      template: jsonText(defaultTemplate(type, language)),
      document,
      media: type === 'ticket_venta' ? TICKET_MEDIA : NO_MEDIA,
    })),
)
