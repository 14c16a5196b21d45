import { expect } from 'chai'
import fc from 'fast-check'
import type { JsonObject } from '../../lib/thermal/json-text.ts'
import type { PrintedPicture } from '../helpers/escpos-interpreter/paper.ts'
import { readSymbols } from '../helpers/symbol-reader.ts'
import { printedItems, printedLines, refusal } from './receipt-kit.ts'

function requested(...barcodes: readonly JsonObject[]): { media: string } {
  return { media: JSON.stringify({ Barcodes: barcodes }) }
}

async function pictures(printing: Parameters<typeof printedItems>[0]): Promise<PrintedPicture[]> {
  return (await printedItems(printing)).filter((item) => item.kind === 'picture')
}

async function readBack(
  barcode: JsonObject,
  paper: 80 | 58 = 80,
  formats?: readonly ['Code128'],
): Promise<string[]> {
  const [picture] = await pictures({ ...requested(barcode), settings: { paper_width_mm: paper } })
  if (!picture) return []
  return (await readSymbols(picture, formats && [...formats])).map(({ format, text }) => `${format} ${text}`)
}

/** Black dots of the picture's rows, from and to. */
function inkOf({ bits, widthBytes, heightDots }: PrintedPicture): {
  left: number
  right: number
  top: number
  bottom: number
} {
  const ink = { left: Number.POSITIVE_INFINITY, right: -1, top: Number.POSITIVE_INFINITY, bottom: -1 }
  for (let y = 0; y < heightDots; y++) {
    for (let x = 0; x < widthBytes * 8; x++) {
      if (((bits[y * widthBytes + (x >> 3)] ?? 0) & (0x80 >> (x & 7))) === 0) continue
      ink.left = Math.min(ink.left, x)
      ink.right = Math.max(ink.right, x)
      ink.top = Math.min(ink.top, y)
      ink.bottom = Math.max(ink.bottom, y)
    }
  }
  return ink
}

describe('barcodes read back from the dots', () => {
  const readable: readonly (readonly [string | undefined, string, string])[] = [
    [undefined, 'FAC-001234', 'Code128 FAC-001234'],
    ['code-128', 'aB 12~', 'Code128 aB 12~'],
    ['CODE128', 'Ñandú é 1234', 'Code128 Ñandú é 1234'],
    ['ean_13', '400638133393', 'EAN13 4006381333931'],
    ['EAN13', '4006381333931', 'EAN13 4006381333931'],
    ['ean 8', '1234567', 'EAN8 12345670'],
    // The reader gives UPC as the EAN-13 that it stands for.
    ['UPCA', '01234567890', 'EAN13 0012345678905'],
    ['UPCE', '0123456', 'UPCE 0012345000065'],
    ['UPCE', '123456', 'UPCE 0012345000065'],
    ['UPCE', '01234565', 'UPCE 0012345000065'],
    ['CODE39', 'ABC-1 $', 'Code39 ABC-1 $'],
    ['Code 93', 'TEST93', 'Code93 TEST93'],
    ['ITF', '12345678', 'ITF 12345678'],
    ['CODABAR', 'A123-45B', 'Codabar A123-45B'],
    ['codabar', 'a12345b', 'Codabar A12345B'],
  ]
  for (const [Type, Value, expected] of readable) {
    it(`reads '${Value}' as ${expected} when printed as ${Type ?? 'no type'}`, async () => {
      expect(await readBack({ ...(Type === undefined ? {} : { Type }), Value })).to.deep.equal([expected])
    })
  }

  it('reads any Latin-1 back as CODE128', async () => {
    await fc.assert(
      fc.asyncProperty(fc.stringMatching(/^[ -~\u00a0-\u00ff]{1,8}$/), async (Value) => {
        expect(await readBack({ Value, Height: 60 }, 80, ['Code128'])).to.deep.equal([`Code128 ${Value}`])
      }),
      { numRuns: 40 },
    )
  })

  it('reads any printable ASCII back as CODE128, on narrow paper too', async () => {
    const values = fc.stringMatching(/^[ -~]{1,10}$/)
    await fc.assert(
      fc.asyncProperty(values, async (Value) => {
        expect(await readBack({ Value, Height: 60 }, 58, ['Code128'])).to.deep.equal([`Code128 ${Value}`])
      }),
      { numRuns: 40 },
    )
  })
})

describe('values that a type lacks', () => {
  const invalid: readonly (readonly [string, string])[] = [
    ['EAN13', '123'],
    ['EAN13', '4006381333932'],
    ['EAN8', '12345671'],
    ['EAN8', '123456A'],
    ['UPCA', '012345678900'],
    ['UPCE', '2123456'],
    ['UPCE', '01234560'],
    ['CODE39', 'abc'],
    ['CODE39', 'A*B'],
    ['CODE93', 'é'],
    ['ITF', '123'],
    ['CODABAR', '12345'],
    ['CODABAR', 'A12'],
    ['CODE128', 'a\nb'],
    ['CODE128', '漢'],
    ['CODE128', '\u0080'],
  ]
  for (const [Type, Value] of invalid) {
    it(`refuses ${JSON.stringify(Value)} as ${Type}`, async () => {
      expect(await refusal(requested({}, { Type, Value }))).to.equal(
        `ThermalError Barcodes[1]: '${Value}' is not a valid ${Type} value`,
      )
    })
  }

  it('refuses an unknown type, even of an empty value', async () => {
    expect(await refusal(requested({ Type: 'QR-Bill' }))).to.equal(
      "ThermalError Barcodes[0]: 'QR-Bill' is not a known barcode type",
    )
  })

  it('refuses what is too wide for the paper with one dot a module', async () => {
    const wide = { Value: 'x'.repeat(60) }
    expect(await refusal(requested(wide))).to.match(
      /^ThermalError Barcodes\[0\]: 'x+' is too wide for the paper$/,
    )
  })

  it('blames the template for its own barcodes', async () => {
    const sections = [{ Elements: [{ Type: 'Barcode', StaticValue: '1', Properties: { Type: 'ean-13' } }] }]
    expect(await refusal({ sections })).to.equal("ThermalError Template x: '1' is not a valid EAN13 value")
  })
})

describe('a barcode on paper', () => {
  it('has 8 white rows above and below, and stands in the middle', async () => {
    const [picture] = await pictures(requested({ Type: 'EAN8', Value: '1234567', Height: 20, Width: 3 }))
    if (!picture) throw new Error('no picture')
    const left = Math.floor((576 - 67 * 3) / 2)
    expect(picture).to.include({ heightDots: 36, widthBytes: 72, xDots: 0 })
    expect(inkOf(picture)).to.deep.equal({ left, right: left + 67 * 3 - 1, top: 8, bottom: 27 })
  })

  it('is 80 dots high with 2 dots a module, and within bounds', async () => {
    const ink = async (barcode: JsonObject) => {
      const [picture] = await pictures(requested({ Type: 'EAN8', Value: '1234567', ...barcode }))
      if (!picture) throw new Error('no picture')
      const { left, right } = inkOf(picture)
      return [picture.heightDots - 16, (right - left + 1) / 67]
    }
    expect(await ink({})).to.deep.equal([80, 2])
    expect(await ink({ Height: 1, Width: 0 })).to.deep.equal([20, 1])
    expect(await ink({ Height: '999', Width: 99 })).to.deep.equal([255, 6])
  })

  it('has fewer dots a module where it would not fit with ten modules of white at each side', async () => {
    // (95 + 20) * 5 = 575 fits 576 dots; the 384 of narrow paper take 3.
    for (const [paper, module] of [
      [80, 5],
      [58, 3],
    ] as const) {
      const barcode = requested({ Type: 'EAN13', Value: '4006381333931', Width: 6 })
      const [picture] = await pictures({ ...barcode, settings: { paper_width_mm: paper } })
      const { left, right } = inkOf(picture as PrintedPicture)
      expect((right - left + 1) / 95).to.equal(module)
    }
  })

  it('stands between its name in bold, its value and its price in bold', async () => {
    const barcode = { Type: 'EAN8', Value: '1234567', Hri: true, Name: 'Café\nlargo', Price: '$10.50' }
    const items = await printedItems(requested(barcode))
    expect(
      items.flatMap((item) =>
        item.kind === 'line'
          ? [`${item.justification} ${item.text} ${item.runs[0]?.style.bold}`]
          : [item.kind],
      ),
    ).to.deep.equal(['centre Café largo true', 'picture', 'centre 12345670 false', 'centre $10.50 true'])
  })

  it('has no value below it unless asked, no line that is empty and no bars without a value', async () => {
    expect((await printedItems(requested({ Value: 'A' }))).map(({ kind }) => kind)).to.deep.equal(['picture'])
    expect(await printedLines(requested({ Value: '', Name: 'n', Hri: true }))).to.deep.equal(['n'])
    expect(await printedItems(requested({}))).to.deep.equal([])
  })

  it('has texts without the spaces around them, and with the letters that are spaces elsewhere', async () => {
    const printing = { ...requested({ Name: '  papá ' }), settings: { code_page: 0 } }
    expect(await printedLines(printing)).to.deep.equal(['papá'])
  })

  it('has texts that are cut to the paper and end in two dots', async () => {
    expect(await printedLines(requested({ Name: 'n'.repeat(49) }))).to.deep.equal([`${'n'.repeat(46)}..`])
    expect(await printedLines(requested({ Name: 'n'.repeat(48) }))).to.deep.equal(['n'.repeat(48)])
  })
})

describe('barcodes of a template', () => {
  const labels = (element: JsonObject, document: string) => ({
    sections: [{ Type: 'Repeated', DataSource: 'items', Elements: [{ Type: 'Barcode', ...element }] }],
    document,
  })

  it('stand side by side, and the last row may be short', async () => {
    const document =
      '{"items":[{"c":"1234567","Name":"one"},{"c":"7654321","Name":"a name that is too long","Price":2.50},{"c":""},{"c":"1234567"}]}'
    const printing = labels({ Source: 'c', Columns: 3, Properties: { Type: 'EAN8', Width: 1 } }, document)
    const items = await printedItems(printing)
    expect(items.map(({ kind }) => kind)).to.deep.equal(['line', 'picture', 'line', 'picture'])
    expect(await printedLines(printing)).to.deep.equal([
      `${' '.repeat(6)}one${' '.repeat(7)}a name that is..`,
      `${' '.repeat(22)}2.50`,
    ])
    const [first, second] = await pictures(printing)
    expect((await readSymbols(first as PrintedPicture)).map(({ text }) => text).sort()).to.deep.equal([
      '12345670',
      '76543210',
    ])
    expect(inkOf(second as PrintedPicture).right).to.be.lessThan(192)
  })

  it('take type, height, width and value below from the element, else from the item', async () => {
    const document = '{"items":[{"c":"12","type":"itf","Height":30,"WIDTH":1,"hri":"true"}]}'
    const [picture] = await pictures(labels({ Source: 'c' }, document))
    expect(picture?.heightDots).to.equal(46)
    expect(await printedLines(labels({ Source: 'c' }, document))).to.deep.equal(['12'])
    const [own] = await pictures(labels({ Source: 'c', Height: 50, Properties: { Height: 60 } }, document))
    expect(own?.heightDots).to.equal(66)
  })

  it('take name and price where the element says, else from the item', async () => {
    const document = '{"items":[{"c":"A","Name":"n","Price":1,"t":{"x":"m"},"p":2}]}'
    expect(await printedLines(labels({ Source: 'c' }, document))).to.deep.equal(['n', '1'])
    const sources = { NameSource: 't.x', PriceSource: 'p', Format: 'Currency' }
    const settings = { locale: 'en-US', currency: 'USD' }
    expect(await printedLines({ ...labels({ Source: 'c', ...sources }, document), settings })).to.deep.equal([
      'm',
      '$2.00',
    ])
  })

  it('take nothing but their value from a Document', async () => {
    const sections = [{ Elements: [{ Type: 'Barcode', Source: 'c', Columns: 4 }] }]
    const document = '{"c":"A","Name":"n","Price":1,"Type":"invoice"}'
    expect((await printedItems({ sections, document })).map(({ kind }) => kind)).to.deep.equal(['picture'])
  })

  it('share narrow paper by its dots: the texts stay within their cells', async () => {
    const document = `{"items":${JSON.stringify(Array(3).fill({ c: '12', Name: 'n'.repeat(20) }))}}`
    const printing = labels({ Source: 'c', Columns: 3, Properties: { Type: 'ITF', Width: 1 } }, document)
    expect(await printedLines({ ...printing, settings: { paper_width_mm: 58 } })).to.deep.equal([
      'nnnnnnnn.. nnnnnnnn.. nnnnnnnn..',
    ])
  })
})
