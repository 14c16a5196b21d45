import { type DefaultTemplate, section, template } from './default-template-parts.ts'

/** A label with a barcode for each item; a document without a list of them is one item itself. */
export const stickerCodigoBarras: DefaultTemplate = (say) =>
  template('sticker_codigo_barras', say(['Etiqueta con código de barras', 'Barcode label']), [
    section('stickers', { Type: 'Repeated', DataSource: 'stickers|Items|.' }, [
      {
        Type: 'Barcode',
        Source: 'ItemId|Value|Sku|Code',
        Columns: 1,
        BarWidth: 2,
        Height: 200,
        Properties: { Hri: true },
      },
    ]),
  ])
