import { expect } from 'chai'
import { makeEncryptedPdf, makeJpeg, makeLabelPdf, makePdf, makePng } from '../helpers/documents.ts'
import type { TestServer } from '../helpers/server.ts'
import {
  expectInvalid,
  fileOptions,
  InstructionClient,
  newOrder,
  pdfOfSize,
  startInstructionServer,
} from './instruction-fixtures.ts'

const MIB = 1_048_576
const SIZE_MAX = 26_214_400

describe('order_instruction.create with a file', () => {
  let server: TestServer
  let instructions: InstructionClient
  let order: string

  before(async () => {
    server = await startInstructionServer()
    instructions = new InstructionClient(server)
  })
  beforeEach(async () => {
    order = await newOrder(server)
  })
  after(() => server.stop())

  it('names it, infers its target and gives back its very bytes', async () => {
    const bytes = await makePdf()
    const entity = await instructions.create(order, 'n', fileOptions(bytes, 'amazon_fba_3425232.pdf'))
    expect(entity).to.include({ file_name: 'amazon_fba_3425232.pdf', print_target: 'LASER' })
    expect(entity).not.to.have.property('file_content')
    expect((await instructions.file(order))?.equals(bytes)).to.equal(true)
  })

  it('takes base64 with line breaks in it', async () => {
    const bytes = await makePdf()
    const wrapped = bytes.toString('base64').replaceAll(/.{76}/g, '$&\r\n')
    await instructions.create(order, 'n', { file_name: 'a.pdf', file_content: wrapped })
    expect((await instructions.file(order))?.equals(bytes)).to.equal(true)
  })

  for (const [what, make, target] of [
    ['a page of 2.6 x 1.6 in', () => makePdf({ widthPt: 187.2, heightPt: 115.2 }), 'SMALL_LABEL'],
    ['a page of 1.6 x 2.6 in, which is upright', () => makePdf({ widthPt: 115.2, heightPt: 187.2 }), 'LABEL'],
    ['a page of 4.5 x 8.5 in', () => makePdf({ widthPt: 324, heightPt: 612 }), 'LABEL'],
    ['a page of 8.5 x 4.5 in', () => makePdf({ widthPt: 612, heightPt: 324 }), 'LABEL'],
    ['a page of 4.6 x 6 in', () => makePdf({ widthPt: 331.2, heightPt: 432 }), 'LASER'],
    ['a page of 4 x 8.6 in', () => makePdf({ widthPt: 288, heightPt: 619.2 }), 'LASER'],
    ['a shipping label', () => makeLabelPdf(), 'LABEL'],
    ['a US Letter page', () => makePdf(), 'LASER'],
    [
      'a PNG of 812 x 1,218 pixels at 203 dpi',
      () => makePng({ widthPx: 812, heightPx: 1218, dpi: 203 }),
      'LABEL',
    ],
    [
      'a PNG of 1,350 x 2,550 pixels at no density',
      () => makePng({ widthPx: 1350, heightPx: 2550 }),
      'LABEL',
    ],
    [
      'a JPEG of 600 x 400 pixels at 72 dpi, taken for 300',
      () => makeJpeg({ widthPx: 600, heightPx: 400, dpi: 72 }),
      'SMALL_LABEL',
    ],
    [
      'a JPEG of 2,550 x 3,300 pixels at 300 dpi',
      () => makeJpeg({ widthPx: 2550, heightPx: 3300, dpi: 300 }),
      'LASER',
    ],
  ] as const) {
    it(`infers ${target} for ${what}`, async () => {
      const bytes = await make()
      const entity = await instructions.create(order, 'n', fileOptions(bytes, 'any name'))
      expect(entity.print_target).to.equal(target)
      expect((await instructions.file(order))?.equals(bytes)).to.equal(true)
    })
  }

  it('prefers the target that was given', async () => {
    const options = { ...fileOptions(await makePdf()), print_target: 'SMALL_LABEL' }
    expect((await instructions.create(order, 'n', options)).print_target).to.equal('SMALL_LABEL')
  })

  for (const [given, kept] of [
    ['../../etc/passwd', 'passwd'],
    ['C:\\scans\\slip.pdf', 'slip.pdf'],
    ['a\0b\r\n.pdf', 'ab.pdf'],
    ['fdp.\u202eslip.pdf', 'fdp.slip.pdf'],
    [`${'\u{1f4e6}'.repeat(200)}.pdf`, `${'\u{1f4e6}'.repeat(187)}.pdf`],
    ['no extension', 'no extension'],
    ['.pdf', '.pdf'],
  ] as const) {
    it(`keeps of the name ${JSON.stringify(given).slice(0, 40)} what names a file`, async () => {
      const options = fileOptions(await makePdf(), given)
      expect((await instructions.create(order, 'n', options)).file_name).to.equal(kept)
    })
  }

  it('takes a PDF with an owner password alone', async () => {
    const bytes = await makeEncryptedPdf({ ownerPassword: 'owner' })
    await instructions.create(order, 'n', fileOptions(bytes))
    expect((await instructions.file(order))?.equals(bytes)).to.equal(true)
  })

  for (const [what, make, reason] of [
    [
      'a PDF with a user password',
      () => makeEncryptedPdf({ userPassword: 'u', ownerPassword: 'o' }),
      'unreadable',
    ],
    ['a PDF cut in half', async () => half(await makePdf({ pages: 20 })), 'unreadable'],
    ['a PNG cut in half', async () => half(await makePng()), 'unreadable'],
    ['a JPEG cut in half', async () => half(await makeJpeg()), 'unreadable'],
    ['the first line of a PDF', async () => Buffer.from('%PDF-1.7\n'), 'unreadable'],
    ['text that is called .pdf', async () => Buffer.from('Dear packer, wrap it.'), 'wrong_type'],
    ['ZPL', async () => Buffer.from('^XA^FO50,50^ADN,36,20^FDlabel^FS^XZ'), 'wrong_type'],
    [
      'a GIF',
      async () => Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64'),
      'wrong_type',
    ],
    ['white space', async () => Buffer.from('   '), 'wrong_type'],
    ['1,001 pages', () => makePdf({ pages: 1001, widthPt: 288, heightPt: 432 }), 'too_large'],
    ['a page of 100 x 100 in', () => makePdf({ widthPt: 7200, heightPt: 7200 }), 'too_large'],
  ] as const) {
    it(`refuses ${what}: ${reason}`, async () => {
      expectInvalid(
        await instructions.createFault(order, 'n', fileOptions(await make())),
        'file_content',
        reason,
      )
      expect(await instructions.list(order)).to.deep.equal([])
    })
  }

  it('refuses base64 of nothing but white space: wrong_type', async () => {
    const options = { file_name: 'a.pdf', file_content: ' \n' }
    expectInvalid(await instructions.createFault(order, 'n', options), 'file_content', 'wrong_type')
  })

  it('takes 1,000 pages', async () => {
    const bytes = await makePdf({ pages: 1000, widthPt: 288, heightPt: 432 })
    expect((await instructions.create(order, 'n', fileOptions(bytes))).print_target).to.equal('LABEL')
  })

  it('measures pages at the resolution of their target', async () => {
    // 64 megapixels are some 711 square inches at 300 dpi and 1,553 at 203.
    const options = fileOptions(await makePdf({ widthPt: 72 * 30, heightPt: 72 * 30 }))
    expectInvalid(await instructions.createFault(order, 'n', options), 'file_content', 'too_large')
    const laser = { ...options, print_target: 'LASER' }
    expectInvalid(await instructions.createFault(order, 'n', laser), 'file_content', 'too_large')
    const label = await instructions.create(order, 'n', { ...options, print_target: 'LABEL' })
    expectInvalid(
      await instructions.editFault(label.instruction_id, null, { print_target: 'LASER' }),
      'print_target',
      'too_large',
    )
    expectInvalid(
      await instructions.editFault(label.instruction_id, null, laser),
      'file_content',
      'too_large',
    )
    await instructions.edit(label.instruction_id, null, { print_target: 'SMALL_LABEL' })
  })

  it('takes 26,214,400 bytes, gives them back, and refuses one byte more', async () => {
    const bytes = await pdfOfSize(SIZE_MAX)
    await instructions.create(order, 'n', fileOptions(bytes))
    expect((await instructions.file(order))?.equals(bytes)).to.equal(true)
    const options = fileOptions(await pdfOfSize(SIZE_MAX + 1))
    expectInvalid(await instructions.createFault(order, 'n', options), 'file_content', 'too_large')
  }).timeout(60_000)

  it('takes 100 MiB an order, and not a byte more by create or edit', async () => {
    for (let count = 1; count <= 4; count += 1) {
      await instructions.create(order, 'n', fileOptions(await pdfOfSize(25 * MIB)))
    }
    const small = fileOptions(await makePdf())
    expectInvalid(await instructions.createFault(order, 'n', small), 'file_content', 'too_large')
    const [first] = await instructions.list(order)
    const bare = await instructions.create(order, 'n')
    expectInvalid(await instructions.editFault(bare.instruction_id, null, small), 'file_content', 'too_large')
    await instructions.edit(first?.instruction_id, null, small)
    await instructions.edit(bare.instruction_id, null, small)
    expect((await instructions.list(order, 'file_content'))[4]?.file_content).to.equal(small.file_content)
  }).timeout(120_000)
})

function half(bytes: Buffer): Buffer {
  return bytes.subarray(0, Math.floor(bytes.length / 2))
}
