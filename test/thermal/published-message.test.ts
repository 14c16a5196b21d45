import { expect } from 'chai'
import { defaultTemplate } from '../../lib/thermal/default-templates.ts'
import { member } from '../../lib/thermal/lenient.ts'
import { picturesOf, symbolsOf } from '../helpers/escpos-interpreter/views.ts'
import type { PrintedJob } from '../helpers/thermal-job.ts'
import { CUT_OFF_LOGO, PUBLISHED_LABEL, PUBLISHED_MESSAGE, PUBLISHED_RECEIPT } from './published-print-job.ts'
import { aPicture, jsonObject, printedJob } from './receipt-kit.ts'

async function print(logo = CUT_OFF_LOGO): Promise<PrintedJob> {
  const document = JSON.stringify(member(jsonObject(PUBLISHED_MESSAGE), 'Document'))
  // The numbers as the message has them, `21.00`: JSON.stringify would write 21.
  const written = PUBLISHED_MESSAGE.slice(
    PUBLISHED_MESSAGE.indexOf('"Document": ') + 12,
    PUBLISHED_MESSAGE.indexOf(',\n  "Images"'),
  )
  expect(JSON.parse(written)).to.deep.equal(JSON.parse(document))
  return printedJob({
    template: defaultTemplate('ticket_venta') ?? {},
    document: written,
    media: PUBLISHED_MESSAGE.replace(CUT_OFF_LOGO, logo),
  })
}

describe('the print job of the published page', () => {
  it('prints number, date, items and totals, the name of the cut-off logo, and the other media', async () => {
    const job = await print()
    expect(job.lines).to.deep.equal([...PUBLISHED_RECEIPT, '[image logo]', ...PUBLISHED_LABEL])
    expect(job.items.map(({ kind }) => kind).slice(-7)).to.deep.equal([
      ...['line', 'picture', 'line', 'line', 'feed', 'qr', 'feed'],
    ])
    expect(job.end).to.deep.equal(['feed', 'full'])
  })

  it('prints a logo that is whole, dot by dot where the message wants it', async () => {
    const logo = await aPicture(320, 80, 'black')
    const job = await print(logo.toString('base64'))
    expect(job.lines).to.deep.equal([...PUBLISHED_RECEIPT, ...PUBLISHED_LABEL])
    const [picture] = picturesOf(job)
    // 40 mm of 72, in the centre, and 8 white rows.
    const row = '00'.repeat(16) + 'ff'.repeat(40)
    expect(picture).to.include({ heightDots: 88, xDots: 0, widthBytes: 56 })
    expect(Buffer.from(picture?.bits ?? []).toString('hex')).to.equal(row.repeat(80) + '00'.repeat(56 * 8))
  })

  it('has a Code 128 and a QR code that can be read', async () => {
    const job = await print((await aPicture(320, 80, 'white')).toString('base64'))
    expect((await symbolsOf(job)).map(({ format, text }) => `${format} ${text}`)).to.deep.equal([
      'Code128 FAC-001234',
      'QRCode https://example.com/invoice/001234',
    ])
    expect(picturesOf(job)[1]).to.include({ heightDots: 66 })
    const qr = job.items.find(({ kind }) => kind === 'qr')
    expect(qr).to.include({ moduleDots: 6, level: 'L', justification: 'centre' })
  })
})
