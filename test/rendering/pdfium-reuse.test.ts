import { createHash } from 'node:crypto'
import { expect } from 'chai'
import { drawPage } from '../../lib/rendering/page-drawing.ts'
import { inspectPdf } from '../../lib/rendering/pdf-inspection.ts'
import type { Pdfium } from '../../lib/rendering/pdfium-module.ts'
import { takePdfium, withPdfiumKept } from '../../lib/rendering/pdfium-reuse.ts'
import { makeLabelPdf, makePdf } from '../helpers/documents.ts'

const take = () => withPdfiumKept(takePdfium)

function hashOf({ HEAPU8 }: Pdfium): string {
  return createHash('sha256').update(HEAPU8).digest('hex')
}

/** Ends the instance that the test before left, so that each begins with a new one. */
async function dropKept(): Promise<void> {
  await withPdfiumKept(async () => {
    await takePdfium()
    throw new Error('dropped')
  }).catch(() => undefined)
}

describe('an instance of PDFium', () => {
  beforeEach(dropKept)

  it('serves the next document with the memory of a new one', async () => {
    const first = await take()
    const start = hashOf(first)
    const label = await makeLabelPdf()
    await withPdfiumKept(() => inspectPdf(label, { dpi: 203 }))
    await withPdfiumKept(() => drawPage(label, 1, 100, {}))
    expect(hashOf(first)).to.not.equal(start)
    expect(await take()).to.equal(first)
    expect(hashOf(first)).to.equal(start)
  })

  it('is set back wherever something was written, and what it answered stays until then', async () => {
    const first = await take()
    const start = hashOf(first)
    const { HEAPU8: memory } = first
    for (const at of [0, 1_000_000, memory.length >> 1, memory.length - 1])
      memory[at] = (memory[at] as number) ^ 0xff
    expect(hashOf(first)).to.not.equal(start)
    await take()
    expect(hashOf(first)).to.equal(start)
  })

  it('draws the same as a new one does', async () => {
    const label = await makeLabelPdf()
    const picture = Buffer.from(await drawPage(label, 1, 150, {}))
    await withPdfiumKept(async () => inspectPdf(await makePdf(), { dpi: 300 }))
    const again = await withPdfiumKept(() => drawPage(label, 1, 150, {}))
    const third = await withPdfiumKept(() => drawPage(label, 1, 150, {}))
    expect(picture.equals(again) && picture.equals(third)).to.equal(true)
  })

  it('goes with a task that failed', async () => {
    const first = await take()
    await dropKept()
    expect(await take()).to.not.equal(first)
  })

  it('goes when its memory has grown', async () => {
    const first = await take()
    await withPdfiumKept(async () => {
      const pdfium = await takePdfium()
      expect(pdfium).to.equal(first)
      pdfium.wasmExports.malloc(32 * 1024 * 1024)
    })
    expect(await take()).to.not.equal(first)
  })

  it('goes when C was given a function to call', async () => {
    const first = await take()
    await withPdfiumKept(async () => {
      const { functions } = await takePdfium()
      functions.set(0, functions.get(1))
    })
    expect(await take()).to.not.equal(first)
  })

  it('is one document’s alone within a task that opens several', async () => {
    await take()
    await withPdfiumKept(async () => {
      expect(await takePdfium()).to.not.equal(await takePdfium())
    })
  })
})
