import ReceiptPrinterEncoder from '@point-of-sale/receipt-printer-encoder'
import { expect } from 'chai'
import receiptline from 'receiptline'
import sharp from 'sharp'
import { interpret } from '../helpers/escpos-interpreter/interpret.ts'
import { all, linesOf, picturesOf, symbolsOf, textOf } from '../helpers/escpos-interpreter/views.ts'

const PICTURE = { width: 64, height: 48 }

/** What others write and we know the content of: the interpreter has to read it back. */
describe('the ESC/POS interpreter on what receipt-printer-encoder writes', () => {
  it('reads text, styles, alignment and sizes back', () => {
    const lines = linesOf(
      interpret(
        encoder()
          .line('plain')
          .bold(true)
          .underline(true)
          .line('strong')
          .bold(false)
          .underline(false)
          .align('center')
          .line('middle')
          .align('right')
          .width(2)
          .height(3)
          .line('large')
          .width(1)
          .height(1)
          .align('left')
          .font('B')
          .line('small')
          .encode(),
      ),
    )
    expect(lines.map(({ text }) => text.trim())).to.deep.equal([
      'plain',
      'strong',
      'middle',
      'large',
      'small',
    ])
    const styles = lines.map(({ runs }) => runs.find(({ text }) => text.trim() !== '')?.style)
    expect(styles[0]).to.include({ bold: false, underline: 0, font: 'A', widthFactor: 1 })
    expect(styles[1]).to.include({ bold: true, underline: 1 })
    expect(styles[3]).to.include({ widthFactor: 2, heightFactor: 3 })
    expect(styles[4]).to.include({ font: 'B', heightFactor: 1 })
    expect(textStart(lines[2])).to.equal(21 * 12)
    expect(textStart(lines[3])).to.equal(576 - 5 * 24)
  })

  for (const [page, text] of [
    ['cp437', 'Ñandú ¿café? ß'],
    ['cp858', 'Ñandú ¿café? €'],
    ['windows1252', 'Ñandú ¿café? € – „“'],
    ['cp866', 'Привет, мир'],
    ['cp852', 'Zażółć gęślą jaźń'],
    ['windows1253', 'Καλημέρα'],
  ] as const) {
    it(`reads ${page} back`, () => {
      expect(textOf(interpret(encoder().codepage(page).line(text).encode()))).to.deep.equal([text])
    })
  }

  it('reads tables, boxes and rules back', () => {
    const paper = interpret(
      encoder()
        .codepage('cp437')
        .table(
          [
            { width: 20, align: 'left' },
            { width: 10, align: 'right' },
          ],
          [
            ['Coffee', '3.50'],
            ['A tea with a very long name', '2.00'],
          ],
        )
        .box({ width: 14, style: 'single' }, 'in a box')
        .rule({ width: 10 })
        .encode(),
    )
    expect(textOf(paper)).to.deep.equal([
      'Coffee                    3.50',
      'A tea with a very         2.00',
      'long name',
      '┌────────────┐',
      '│in a box    │',
      '└────────────┘',
      '──────────',
    ])
  })

  it('reads barcodes and QR codes back', async () => {
    const paper = interpret(
      encoder()
        .barcode('FAC-001234', 'code128', { height: 50, width: 2, text: true })
        .barcode('3130630574613', 'ean13', { height: 60 })
        .barcode('ABC-123', 'code39', { height: 60 })
        .barcode('12345678', 'itf', { height: 60, width: 1 })
        .qrcode('https://example.com/invoice/1', { model: 2, size: 6, errorlevel: 'q' })
        .encode(),
    )
    expect((await symbolsOf(paper)).map(({ format, text }) => [format, text])).to.deep.equal([
      ['CODE128', 'FAC-001234'],
      ['EAN-13', '3130630574613'],
      ['CODE39', 'ABC-123'],
      ['ITF', '12345678'],
      ['QRCode', 'https://example.com/invoice/1'],
    ])
    expect(all(paper, 'qr')[0]).to.include({ model: 2, moduleDots: 6, level: 'Q' })
    expect(all(paper, 'barcode')[0]).to.include({ heightDots: 50, hri: 'below' })
  })

  for (const imageMode of ['raster', 'column'] as const) {
    it(`reads a picture back that was sent by ${imageMode}`, () => {
      const { width, height } = PICTURE
      const isBlack = (x: number, y: number) => (x * 7 + y * 3) % 5 === 0
      const data = new Uint8ClampedArray(width * height * 4).fill(255)
      for (let at = 0; at < width * height; at++) {
        if (isBlack(at % width, Math.floor(at / width))) data.fill(0, at * 4, at * 4 + 3)
      }
      const job = encoder({ imageMode }).image({ width, height, data } as never, width, height, 'threshold')
      const pictures = picturesOf(interpret(job.encode()))
      expect(pictures).to.have.length(1)
      expect(pictures[0]).to.include({ widthDots: width, heightDots: height })
      const bits = pictures[0]?.bits ?? new Uint8Array()
      for (let at = 0; at < width * height; at++) {
        const isSet = ((bits[at >> 3] ?? 0) & (0x80 >> (at & 7))) !== 0
        expect(isSet, `dot ${at}`).to.equal(isBlack(at % width, Math.floor(at / width)))
      }
    })
  }

  it('sees the drawer and the cut', () => {
    const paper = interpret(encoder().line('paid').pulse(0, 100, 500).cut('partial').encode())
    expect(all(paper, 'drawer')[0]).to.include({ pin: 2, onMs: 100, offMs: 500 })
    expect(all(paper, 'cut').map(({ isPartial }) => isPartial)).to.deep.equal([true])
  })
})

describe('the ESC/POS interpreter on what receiptline writes', () => {
  for (const encoding of ['multilingual', 'cp858', 'cp1252'] as const) {
    it(`reads a receipt in ${encoding} back`, async () => {
      const paper = await receiptIn(encoding)
      expect(textOf(paper).filter((line) => line !== '')).to.deep.equal([
        'RECEIPT',
        '2024-01-15                            FAC-001234',
        '╭──────────────────────────────┬──────────╮',
        '│Ñandú ¿café? €                │     1     │',
        '├──────────────────────────────┼──────────┤',
        '│Coffee                        │   3.50   │',
        '╰──────────────────────────────┴──────────╯',
      ])
      expect((await symbolsOf(paper)).map(({ text }) => text)).to.deep.equal([
        '2012345678903',
        'FAC-001234',
        'https://example.com/1',
      ])
      expect(picturesOf(paper)[0]).to.include({ widthDots: 64, heightDots: 40, xDots: 256 })
      expect(all(paper, 'cut')).to.have.length(1)
    })
  }
})

async function receiptIn(encoding: 'multilingual' | 'cp858' | 'cp1252') {
  const black = { create: { width: 64, height: 40, channels: 3, background: '#000' } } as const
  const logo = (await sharp(black).png().toBuffer()).toString('base64')
  const document = `^^^RECEIPT

2024-01-15 | FAC-001234
{border:line; width:30,10}
|Ñandú ¿café? € |1|
-
|Coffee |3.50|
{border:none}
{image:${logo}}
{code:2012345678903; option:ean,hri}
{code:FAC-001234; option:code128,2,72,hri}
{code:https://example.com/1; option:qrcode,4,L}`
  return interpret(
    Buffer.from(receiptline.transform(document, { cpl: 48, encoding, command: 'escpos' }), 'binary'),
  )
}

function encoder(options: { imageMode?: 'raster' | 'column' } = {}) {
  return new ReceiptPrinterEncoder({ columns: 48, ...options }).initialize()
}

/** It aligns by spaces itself. */
function textStart(line: ReturnType<typeof linesOf>[number] | undefined): number {
  const blanks = line?.text.match(/^ */)?.[0].length ?? 0
  return (line?.xDots ?? 0) + blanks * 12
}
