import {
  column,
  type DefaultTemplate,
  LINE,
  labelled,
  optional,
  qr,
  type Say,
  section,
  template,
  value,
} from './default-template-parts.ts'

const RIGHT = { Align: 'Right' } as const

/** An electronic invoice, as Colombia's tax office wants it. */
export const facturaElectronica: DefaultTemplate = (say) =>
  template('factura_electronica', say(['Factura electrónica', 'Electronic invoice']), [
    section('header', { Align: 'Center' }, header(say)),
    section('customer', { Align: 'Left' }, customer(say)),
    section('info', { Align: 'Left' }, info(say)),
    section('items', { Type: 'Table', DataSource: 'Invoice.Items|Items' }, items(say)),
    section('totals', { ...RIGHT }, totals(say)),
    section('footer', { Align: 'Center' }, [
      optional('CUFE: ', 'TechKey', { Format: 'FontB' }),
      qr('QrString', 8),
    ]),
  ])

const header = (say: Say) => [
  value('Seller.Name|CompanyName', { Format: 'Bold Size2' }),
  optional(say(['NIT: ', 'Tax ID: ']), 'Seller.Nit'),
  value('Seller.TaxRegime'),
  value('Seller.Address'),
  value('Seller.City'),
  optional('Tel: ', 'Seller.Phone'),
  value('Seller.ResolutionText', { Format: 'FontB' }),
  LINE,
]

const customer = (say: Say) => [
  labelled(say(['Cliente: ', 'Customer: ']), 'Buyer.Name|CustomerName', { Format: 'Bold' }),
  optional(say(['NIT/CC: ', 'Tax ID: ']), 'Buyer.Nit'),
  optional(say(['Dir: ', 'Address: ']), 'Buyer.Address'),
  optional('Email: ', 'Buyer.Email'),
  LINE,
]

const info = (say: Say) => [
  labelled(say(['FACTURA DE VENTA N°: ', 'INVOICE N°: ']), 'Invoice.Number|Number', { Format: 'Bold' }),
  labelled(say(['Fecha Emisión: ', 'Issued: ']), 'Invoice.IssueDate|Date'),
  optional(say(['Fecha Vencimiento: ', 'Due: ']), 'Invoice.DueDate|DueDate'),
  optional(say(['Forma Pago: ', 'Payment method: ']), 'Invoice.PaymentMethod'),
  optional(say(['Medio Pago: ', 'Paid by: ']), 'Invoice.PaymentMeans'),
  optional(say(['Moneda: ', 'Currency: ']), 'Invoice.Currency'),
  LINE,
]

const items = (say: Say) => [
  column(say(['Cant', 'Qty']), 'Quantity|Qty', 10),
  column('Desc', 'Description|Name', 40),
  column(say(['Precio', 'Price']), 'UnitPrice|Price', 19, RIGHT),
  column(say(['IVA', 'Tax']), 'IvaRate', 10, RIGHT),
  column('Total', 'Total', 21, RIGHT),
]

const totals = (say: Say) => [
  LINE,
  optional('Subtotal: ', 'Invoice.Subtotal|Subtotal'),
  optional(say(['Descuento: ', 'Discount: ']), 'Invoice.Discount|Discount'),
  optional(say(['Total IVA: ', 'Total tax: ']), 'Invoice.Iva|Tax'),
  labelled(say(['TOTAL A PAGAR: ', 'TOTAL DUE: ']), 'Invoice.Total|Total', { Format: 'Bold Size2' }),
  LINE,
]
