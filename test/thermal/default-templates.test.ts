import { expect } from 'chai'
import { DEFAULT_DOCUMENT_TYPES, defaultTemplate } from '../../lib/thermal/default-templates.ts'
import type { JsonObject } from '../../lib/thermal/json-text.ts'
import { printedBytes, printedItems, printedLines } from './receipt-kit.ts'

function defaultOf(documentType: string, language?: 'es' | 'en'): JsonObject {
  const template = defaultTemplate(documentType, language)
  if (!template) throw new Error(`no default for ${documentType}`)
  return template
}

const RULE = '-'.repeat(48)

describe('default templates', () => {
  it('are four, in any letter case, and sticker is one of them', () => {
    expect(DEFAULT_DOCUMENT_TYPES).to.deep.equal([
      'ticket_venta',
      'comanda',
      'factura_electronica',
      'sticker_codigo_barras',
    ])
    expect(defaultTemplate('STICKER')).to.deep.equal(defaultTemplate('sticker_codigo_barras'))
    expect(defaultTemplate('toString')).to.equal(undefined)
  })

  it('print a sales receipt of APM’s own document', async () => {
    const document = JSON.stringify({
      company: { Name: 'Café', Address: 'Calle 1', Phone: '555' },
      sale: {
        Number: 'F1',
        Date: '2024-01-15T10:00:00',
        CustomerName: 'Ana',
        Items: [{ Qty: 2, Name: 'Pan', Total: 21 }],
        Subtotal: 21,
        IVA: 4,
        Total: 25,
        InvoiceUrl: 'https://example.com/1',
      },
    })
    expect(await printedLines({ template: defaultOf('ticket_venta'), document })).to.deep.equal([
      'Caf\xe9',
      'Calle 1',
      'Tel: 555',
      RULE,
      'Ticket #: F1',
      'Fecha: 15/01/2024 10:00:00 AM',
      'Cliente: Ana',
      RULE,
      'Cant  Producto                     Total',
      '2     Pan                             21',
      RULE,
      'Subtotal: 21',
      'IVA: 4',
      'TOTAL: 25',
      RULE,
      '\xa1Gracias por su compra!',
      '',
      '',
    ])
  })

  it('print a sales receipt of a flat document, in English', async () => {
    const document = '{"CompanyName":"Shop","Number":"1","Items":[],"Tax":1.68,"Total":22.68}'
    expect(await printedLines({ template: defaultOf('ticket_venta', 'en'), document })).to.deep.equal([
      'Shop',
      RULE,
      'Receipt #: 1',
      'Date:',
      RULE,
      'Qty   Product                      Total',
      RULE,
      'Tax: 1.68',
      'TOTAL: 22.68',
      RULE,
      'Thank you for your purchase!',
    ])
  })

  it('print an order for the kitchen, and mark a copy of it', async () => {
    const document = JSON.stringify({
      order: {
        COPY: 'DUPLICATE',
        RestaurantName: 'R',
        Number: 7,
        Table: '5',
        Items: [{ Quantity: 1, Name: 'Hamburguesa doble' }],
      },
      Notes: 'sin cebolla',
      GeneratedDate: '2024-01-15',
    })
    expect(await printedLines({ template: defaultOf('comanda'), document })).to.deep.equal([
      'COPY:DUPLICATE',
      'R',
      'COMANDA N\xb0: 7',
      'Mesa: 5',
      RULE,
      'Cant  Producto',
      '1   Hamburguesa',
      '    doble',
      RULE,
      'Notas: sin cebolla',
      '15/01/2024',
    ])
    const bytes = await printedBytes({ template: defaultOf('comanda'), document })
    expect(bytes).to.contain('\x1d!\x11Cant').and.to.contain('\x1d!\x221')
  })

  it('print an electronic invoice', async () => {
    const document = JSON.stringify({
      Seller: {
        Name: 'S',
        Nit: '900',
        TaxRegime: 'R',
        Address: 'A',
        City: 'C',
        Phone: '1',
        ResolutionText: 'T',
      },
      Buyer: { Name: 'B', Nit: '1', Address: 'D', Email: 'e@x' },
      Invoice: {
        Number: 'FE1',
        IssueDate: '2024-01-15',
        DueDate: '2024-02-15',
        PaymentMethod: 'Contado',
        PaymentMeans: 'Efectivo',
        Currency: 'COP',
        Items: [{ Quantity: 1, Description: 'Pan', UnitPrice: 100, IvaRate: 19, Total: 119 }],
        Subtotal: 100,
        Discount: 0,
        Iva: 19,
        Total: 119,
      },
      TechKey: 'abc',
      QrString: 'q',
    })
    const lines = await printedLines({ template: defaultOf('factura_electronica', 'en'), document })
    expect(lines.slice(0, -2)).to.deep.equal([
      ...['S', 'Tax ID: 900', 'R', 'A', 'C', 'Tel: 1', 'T', RULE],
      ...['Customer: B', 'Tax ID: 1', 'Address: D', 'Email: e@x', RULE],
      ...['INVOICE N\xb0: FE1', 'Issued: 15/01/2024', 'Due: 15/02/2024', 'Payment method: Contado'],
      ...['Paid by: Efectivo', 'Currency: COP', RULE],
      'Qty Desc                   Price Tax     Total',
      '1   Pan                      100  19       119',
      ...[RULE, 'Subtotal: 100', 'Discount: 0', 'Total tax: 19', 'TOTAL DUE: 119', RULE],
      'CUFE: abc',
      '',
      '',
    ])
    const items = await printedItems({ template: defaultOf('factura_electronica'), document })
    expect(items.find(({ kind }) => kind === 'qr')).to.deep.include({
      moduleDots: 8,
      justification: 'centre',
      data: new Uint8Array(Buffer.from('q')),
    })
  })

  const documents: readonly (readonly [string, string])[] = [
    ['its stickers', '{"stickers":[{"ItemId":"A1","Name":"n"}]}'],
    ['its items', '{"stickers":[],"Items":{"Sku":"A1","Name":"n"}}'],
    ['itself', '{"Code":"A1","Name":"n"}'],
  ]
  for (const [what, document] of documents) {
    it(`print a label for ${what}`, async () => {
      const template = defaultOf('sticker')
      expect(await printedLines({ template, document })).to.deep.equal(['n', 'A1'])
      const picture = (await printedItems({ template, document })).find(({ kind }) => kind === 'picture')
      expect(picture).to.include({ heightDots: 216 })
    })
  }

  it('print every document without a word more than it has', async () => {
    for (const documentType of DEFAULT_DOCUMENT_TYPES) {
      expect(await printedItems({ template: defaultOf(documentType) }), documentType).to.not.equal(undefined)
    }
  })
})
