import { crc32 } from 'node:zlib'
import { expect } from 'chai'
import fc from 'fast-check'
import { makeJpeg, makeLabelPdf, makePdf, makePng, makeRawPdf } from '../helpers/documents.ts'
import { timeoutMsOf } from './budget.ts'
import { batchesOf, fuzz } from './fuzzing.ts'
import { byteChanges, changeBytes } from './mutation.ts'
import { openDesk, type PrintDesk } from './print-desk.ts'
import type { Reach } from './reach.ts'
import { type Subject, sharedSubject } from './subject.ts'

const BATCH = 8
/** Each of a few workers may take all of its time. */
const SETTLE_MS = 180_000
/** The server and a few workers, each with a page of 64 megapixels. */
const RESIDENT_MIB_MAX = 2_500
const JOBS = '/v1/cloud-printing/jobs'
const REFUSALS = ['unsupported_document', 'document_too_large', 'no_compatible_printer', 'validation_error']

interface Sample {
  readonly type: string
  readonly bytes: Buffer
}

interface Asked {
  readonly document: Sample
  readonly printer: string
  readonly configuration: object
}

const GOALS = {
  'application/pdf taken': 10,
  'application/pdf refused': 5,
  'image/png taken': 1,
  'image/png refused': 2,
  'image/jpeg taken': 1,
  completed: 15,
}

/** What stands in the place of a number of a PDF. */
const TOKENS = [
  '-1',
  '0',
  '1',
  '4294967296',
  '99999999999999999999',
  '1e30',
  '0.000001',
  '-0.5',
  'null',
  'true',
  '[',
  ']',
  '<<',
  '>>',
  '(',
  ')',
  '/Kids',
  '/Parent',
  '1 0 R',
  '3 0 R',
  '4 0 R',
  'R',
  'obj',
  'endobj',
  'stream',
  'endstream',
  '%',
  '\0',
]

describe('documents that nobody would print', function () {
  let subject: Subject
  let desk: PrintDesk
  let samples: readonly Sample[]
  let label: Buffer

  before(async function () {
    this.timeout(120_000)
    subject = await sharedSubject()
    desk = await openDesk(subject)
    label = await makeLabelPdf()
    samples = [
      { type: 'application/pdf', bytes: label },
      { type: 'application/pdf', bytes: await makePdf({ pages: 3 }) },
      { type: 'application/pdf', bytes: aPlainPdf() },
      { type: 'application/pdf', bytes: aPlainPdf() },
      { type: 'image/png', bytes: await makePng() },
      { type: 'image/jpeg', bytes: await makeJpeg() },
    ]
  })
  after(() => desk.close())

  function documents(): fc.Arbitrary<Sample> {
    const bytes = fc
      .tuple(fc.constantFrom(...samples), byteChanges(6))
      .map(([sample, changes]) => ({ ...sample, bytes: changeBytes(sample.bytes, changes) }))
    const token = fc.tuple(fc.nat(200), fc.constantFrom(...TOKENS))
    const tokens = fc
      .tuple(fc.constantFrom(...samples.slice(0, 4)), fc.array(token, { minLength: 1, maxLength: 4 }))
      .map(([sample, changes]) => ({ ...sample, bytes: changes.reduce(replaceNumber, sample.bytes) }))
    const edge = fc.oneof(fc.constantFrom(0, 1, 65_535, 2_147_483_647, 4_294_967_295), fc.nat(100_000))
    const pictures = fc.tuple(edge, edge, fc.nat(255), fc.nat(7)).map(([width, height, depth, color]) => {
      const { bytes: png } = samples[4] as Sample
      return { type: 'image/png', bytes: withHeader(png, { width, height, depth, color }) }
    })
    return fc.oneof(
      { weight: 3, arbitrary: bytes },
      { weight: 4, arbitrary: tokens },
      { weight: 1, arbitrary: pictures },
      // Few of these survive a change.
      { weight: 1, arbitrary: fc.constantFrom(...samples.slice(4)) },
    )
  }

  it('are printed or refused, each at the cost of its own job', async function () {
    this.timeout(timeoutMsOf('documents') + SETTLE_MS)
    const asked = fc.record({
      document: documents(),
      printer: fc.constantFrom('Label', 'Laser', 'Small label'),
      configuration: fc.record(
        {
          copies: fc.integer({ min: 1, max: 3 }),
          scaling: fc.double({ min: 0.1, max: 10, noNaN: true }),
          orientation: fc.constantFrom('portrait', 'landscape'),
          reverse_order: fc.boolean(),
          pages_to_print: fc.constantFrom(['1'], ['1-2'], ['3', '1']),
        },
        { requiredKeys: [], noNullPrototype: true },
      ),
    })
    await fuzz('documents', {
      cases: batchesOf(asked, BATCH),
      goals: GOALS,
      async judge(batch, note) {
        await subject.allEnded(batch.map((each) => judge(each, note)))
        await subject.assertSound()
        expect(await subject.residentMib(), 'MiB').to.be.lessThan(RESIDENT_MIB_MAX)
        return batch.length
      },
    })
    const document = { type: 'application/pdf', bytes: label }
    expect(await print({ document, printer: 'Label', configuration: {} })).to.equal('completed')
  })

  async function judge(asked: Asked, note: Reach['note']): Promise<void> {
    const end = await print(asked)
    note(`${asked.document.type} ${end === undefined ? 'refused' : 'taken'}`)
    if (end !== undefined) note(end)
  }

  /** The status that its job ended with; undefined where it was refused. */
  async function print({ document, printer, configuration }: Asked): Promise<string | undefined> {
    const { type: mediaType, bytes } = document
    const asked = { printerName: printer, mediaType, document: bytes, configuration }
    const { status, json, text } = await desk.submit(asked)
    if (status !== 201) {
      expect([status, REFUSALS.includes(json?.code)], text).to.deep.equal([400, true])
      return undefined
    }
    const { id } = json.data
    const preview = await desk.admin.get(`${JOBS}/${id}/preview.png`)
    expect(preview.status, preview.text.slice(0, 500)).to.be.oneOf([200, 400, 404])
    return (await desk.untilEnded(id, SETTLE_MS)).status
  }
})

/** Everything in plain text: objects, a font, a picture, a form. */
function aPlainPdf(): Buffer {
  const stream = (dictionary: string, text: string) =>
    `<<${dictionary}/Length ${text.length}>>stream\n${text}\nendstream`
  return makeRawPdf([
    '<</Type/Catalog/Pages 2 0 R>>',
    '<</Type/Pages/Kids[3 0 R 8 0 R]/Count 2>>',
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 288 432]/CropBox[0 0 280 420]/Rotate 90/UserUnit 1/Contents 4 0 R/Resources<</Font<</F 5 0 R>>/XObject<</I 6 0 R/X 7 0 R>>>>>>',
    stream(
      '',
      'q 1 0 0 1 10 10 cm BT /F 24 Tf 20 200 Td (ABC 123) Tj ET 100 0 0 50 20 20 cm /I Do Q /X Do 0 0 50 50 re f',
    ),
    '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>',
    stream(
      '/Type/XObject/Subtype/Image/Width 2/Height 2/BitsPerComponent 8/ColorSpace/DeviceGray',
      '\x00\x7f\x7f\x00',
    ),
    stream('/Type/XObject/Subtype/Form/BBox[0 0 99 99]/Matrix[1 0 0 1 0 0]', '0 0 9 9 re f'),
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R>>',
  ])
}

function replaceNumber(bytes: Buffer, [at, token]: readonly [number, string]): Buffer {
  const text = bytes.toString('latin1')
  const numbers = [...text.matchAll(/(?<=[\s[/])\d+(\.\d+)?/g)]
  const found = numbers[at % Math.max(1, numbers.length)]
  if (!found) return bytes
  const end = found.index + found[0].length
  return Buffer.from(text.slice(0, found.index) + token + text.slice(end), 'latin1')
}

interface PngHeader {
  readonly width: number
  readonly height: number
  readonly depth: number
  readonly color: number
}

/** Another IHDR, with its checksum. */
function withHeader(png: Buffer, { width, height, depth, color }: PngHeader): Buffer {
  const changed = Buffer.from(png)
  changed.writeUInt32BE(width, 16)
  changed.writeUInt32BE(height, 20)
  changed[24] = depth
  changed[25] = color
  changed.writeUInt32BE(crc32(changed.subarray(12, 29)), 29)
  return changed
}
