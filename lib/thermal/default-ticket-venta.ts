import {
  column,
  type DefaultTemplate,
  LINE,
  labelled,
  optional,
  qr,
  section,
  template,
  value,
  words,
} from './default-template-parts.ts'

/** A sales receipt. The first path is that of APM's document, the others those of the published page's flat one. */
export const ticketVenta: DefaultTemplate = (say) =>
  template('ticket_venta', say(['Ticket de venta', 'Sales receipt']), [
    section('header', { Align: 'Center' }, [
      value('company.Name|CompanyName', { Format: 'Bold Large' }),
      value('company.Address|CompanyAddress'),
      optional('Tel: ', 'company.Phone|CompanyPhone'),
      LINE,
    ]),
    section('info', { Align: 'Left' }, [
      labelled(say(['Ticket #: ', 'Receipt #: ']), 'sale.Number|Number', { Format: 'Bold' }),
      labelled(say(['Fecha: ', 'Date: ']), 'sale.Date|Date'),
      optional(say(['Cliente: ', 'Customer: ']), 'sale.CustomerName|CustomerName'),
      LINE,
    ]),
    section('items', { Type: 'Table', DataSource: 'sale.Items|Items' }, [
      column(say(['Cant', 'Qty']), 'Qty|Quantity', 13),
      column(say(['Producto', 'Product']), 'Name', 55),
      column('Total', 'Total', 17, { Align: 'Right' }),
    ]),
    section('totals', { Align: 'Right' }, [
      LINE,
      optional('Subtotal: ', 'sale.Subtotal|Subtotal'),
      optional(say(['IVA: ', 'Tax: ']), 'sale.IVA|sale.Tax|IVA|Tax'),
      labelled('TOTAL: ', 'sale.Total|Total', { Format: 'Bold Size2' }),
      LINE,
    ]),
    section('footer', { Align: 'Center' }, [
      words(say(['¡Gracias por su compra!', 'Thank you for your purchase!']), { Format: 'Bold' }),
      qr('sale.InvoiceUrl|InvoiceUrl', 4),
    ]),
  ])
