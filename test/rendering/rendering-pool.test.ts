import { execFile } from 'node:child_process'
import { rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { pino } from 'pino'
import sharp from 'sharp'
import { DomainError } from '../../lib/errors.ts'
import type { Rendering } from '../../lib/rendering/rendering.ts'
import { createRendering, type RenderingOptions } from '../../lib/rendering/rendering-pool.ts'
import { createThreadPool } from '../../lib/rendering/rendering-threads.ts'
import { makePdf, makeSlowPdf } from '../helpers/documents.ts'
import { refusalOf } from './refusal.ts'

const log = pino({ level: 'silent' })
const limits = { dpi: 203 }

async function codeOf(refused: Promise<unknown>): Promise<string> {
  try {
    await refused
  } catch (error) {
    if (error instanceof DomainError) return error.code
    throw error
  }
  throw new Error('nothing was refused')
}

describe('the rendering pool', () => {
  let rendering: Rendering

  afterEach(async () => {
    await rendering.close()
  })

  function start(options: Partial<RenderingOptions> = {}): void {
    rendering = createRendering({ log, ...options })
  }

  it('ends a document that takes too long, and reads the next one', async () => {
    start({ threads: 1, timeoutMs: 3000 })
    const slow = rendering.drawPage(makeSlowPdf(), 1, 203)
    const next = rendering.inspect(await makePdf(), limits)
    const error = await refusalOf(slow, 'unreadable')
    expect(error.message).to.equal('the document took longer than 3 s to read')
    expect(await next).to.include({ pageCount: 1 })
  })

  it('reads a small document while another thread is busy with a slow one', async () => {
    start({ threads: 2, timeoutMs: 5000 })
    const ended: string[] = []
    const slow = refusalOf(rendering.drawPage(makeSlowPdf(), 1, 203), 'unreadable').then(() =>
      ended.push('slow'),
    )
    const small = rendering.inspect(await makePdf(), limits).then(() => ended.push('small'))
    await Promise.all([slow, small])
    expect(ended).to.deep.equal(['small', 'slow'])
  })

  it('leaves a thread to documents, however many pictures of receipts are to be decoded', async () => {
    start({ threads: 2 })
    const pdf = await makePdf()
    const picture = await sharp({ create: { width: 4000, height: 4000, channels: 3, background: '#888' } })
      .png()
      .toBuffer()
    const scale = { widthDots: null, maxWidthDots: 576, maxHeightDots: 20_000 }
    // Both threads are there: their start takes longer than all that follows.
    await Promise.all([rendering.inspect(pdf, limits), rendering.inspect(pdf, limits)])
    let decoded = 0
    const pictures = Array.from({ length: 20 }, async () => {
      await rendering.decodeGrey(picture, scale)
      decoded += 1
    })
    await rendering.inspect(pdf, limits)
    expect(decoded).to.be.below(10)
    await Promise.all(pictures)
  })

  it('refuses a document as unavailable when the queue is full, and serves those in it in order', async () => {
    start({ threads: 1, queueMax: 2 })
    const pdf = await makePdf()
    const ended: number[] = []
    const served = [1, 2, 3].map(async (number) => {
      await rendering.inspect(pdf, limits)
      ended.push(number)
    })
    expect(await codeOf(rendering.inspect(pdf, limits))).to.equal('unavailable')
    await Promise.all(served)
    expect(ended).to.deep.equal([1, 2, 3])
  })

  it('leaves the bytes of the caller as they were, and takes nothing around them', async () => {
    start()
    const pdf = await makePdf()
    const around = Buffer.concat([Buffer.from('before'), pdf, Buffer.alloc(4096, 'after')])
    const inside = around.subarray('before'.length, 'before'.length + pdf.length)
    expect(await rendering.inspect(inside, limits)).to.include({ pageCount: 1 })
    expect(inside.equals(pdf)).to.equal(true)
  })

  it('refuses everything as unavailable once it is closed: what runs, what waits and what comes', async () => {
    start({ threads: 1 })
    const pdf = await makePdf()
    const running = codeOf(rendering.drawPage(makeSlowPdf(), 1, 203))
    const waiting = codeOf(rendering.inspect(pdf, limits))
    await rendering.close()
    expect(await running).to.equal('unavailable')
    expect(await waiting).to.equal('unavailable')
    expect(await codeOf(rendering.inspect(pdf, limits))).to.equal('unavailable')
  })

  it('breaks off its own documents alone when servers share the threads, which last', async () => {
    const pool = createThreadPool(2)
    const pdf = await makePdf()
    start({ pool })
    const other = createRendering({ log, pool })
    const running = codeOf(rendering.drawPage(makeSlowPdf(), 1, 203))
    const spared = other.inspect(pdf, limits)
    await rendering.close()
    expect(await running).to.equal('unavailable')
    expect(await spared).to.include({ pageCount: 1 })
    expect(await codeOf(rendering.inspect(pdf, limits))).to.equal('unavailable')
    await other.close()
    const later = createRendering({ log, pool })
    expect(await later.inspect(pdf, limits)).to.include({ pageCount: 1 })
    await later.close()
    await pool.destroy()
  })

  /** Runs a process of its own that reads a document; what it writes. */
  async function inspectElsewhere(beforeImport: string, nodeArguments: readonly string[]): Promise<string> {
    const pool = new URL('../../lib/rendering/rendering-pool.ts', import.meta.url).href
    const script = `
      ${beforeImport}
      const { createRendering } = await import('${pool}')
      const rendering = createRendering({ log: console })
      const pdf = Buffer.from(process.argv[2], 'base64')
      console.log((await rendering.inspect(pdf, { dpi: 203 })).pageCount)`
    const file = join(tmpdir(), `rendering-${process.pid}.mjs`)
    await writeFile(file, script)
    try {
      const args = [...nodeArguments, file, (await makePdf()).toString('base64')]
      return (await promisify(execFile)(process.execPath, args, { timeout: 20_000 })).stdout
    } finally {
      await rm(file)
    }
  }

  it('lets the process end while its threads are idle', async () => {
    start()
    expect(await inspectElsewhere('', process.execArgv)).to.equal('1\n')
  })

  it('reads documents in a process with options that are for processes alone', async () => {
    start()
    const options = ['--max-old-space-size=900', '--expose-gc', ...process.execArgv]
    expect(await inspectElsewhere('', options)).to.equal('1\n')
  })

  it('reads documents for the programs in bin/, which register TypeScript in their own thread', async () => {
    start()
    const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx'))
    const { href: tsx } = new URL('esm/api/index.mjs', loader)
    expect(await inspectElsewhere(`(await import('${tsx}')).register()`, [])).to.equal('1\n')
  })

  it('takes a resolution or a size that is none for a bug of the caller', async () => {
    start()
    const pdf = await makePdf()
    for (const dpi of [0, -203, Number.NaN, Number.POSITIVE_INFINITY]) {
      const error: unknown = await rendering.drawPage(pdf, 1, dpi).catch((thrown: unknown) => thrown)
      expect(error).to.be.instanceOf(RangeError)
    }
  })
})
