import {
  column,
  type DefaultTemplate,
  LINE,
  labelled,
  optional,
  section,
  template,
  value,
} from './default-template-parts.ts'

/** An order for the kitchen or the bar, large enough to be read from afar. */
export const comanda: DefaultTemplate = (say) =>
  template('comanda', say(['Comanda', 'Kitchen order']), [
    section('header', { Align: 'Center' }, [
      optional('COPY:', 'order.COPY|COPY', { Format: 'Bold', Align: 'Left' }),
      value('order.RestaurantName|RestaurantName', { Format: 'Bold Large' }),
      labelled(say(['COMANDA N°: ', 'ORDER N°: ']), 'order.Number|Number', { Format: 'Bold' }),
      optional(say(['Mesa: ', 'Table: ']), 'order.Table|Table'),
      optional(say(['Mesero: ', 'Waiter: ']), 'order.Waiter|Waiter'),
      optional(say(['Fecha: ', 'Date: ']), 'order.Date|Date'),
      LINE,
    ]),
    section('items', { Type: 'Table', DataSource: 'order.Items|Items', Format: 'FontA Size3 Bold' }, [
      column(say(['Cant', 'Qty']), 'Qty|Quantity', 25, { HeaderFormat: 'Size2 Bold' }),
      column(say(['Producto', 'Product']), 'Name', 75, { HeaderFormat: 'Size2 Bold' }),
    ]),
    section('footer', { Align: 'Center' }, [
      LINE,
      optional(say(['Notas: ', 'Notes: ']), 'Detail|Notes'),
      value('order.GeneratedDate|GeneratedDate'),
    ]),
  ])
