import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'

import { VirtualDriver } from '../../lib/delivery/virtual-driver.ts'
import { aContext, aDelivery, someBytes } from '../helpers/deliveries.ts'

const ID = 'prnt_job_0000000000000000000001'

describe('Virtual driver', () => {
  let folder: string

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'packhouse-virtual-'))
  })

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true })
  })

  function aDriver(printerName = 'Small label', pages = 1): VirtualDriver {
    return new VirtualDriver({
      folder,
      printerName,
      countPages: async () => pages,
      drawPage: async (_pdf, page, dpi) => Buffer.from(`page ${page} at ${dpi}`),
    })
  }

  it('keeps the bytes, a picture and a record under the printer’s name, and confirms', async () => {
    const bytes = someBytes(100_000)
    const context = aContext()
    const result = await aDriver().deliver(aDelivery({ bytes, copies: 2 }), context)
    expect(result).to.include({
      outcome: 'confirmed',
      bytesOffered: 100_000,
      bytesWritten: 100_000,
      reason: null,
    })
    expect(context.begun).to.equal(1)
    expect(await filesOf('Small label')).to.deep.equal([`${ID}.json`, `${ID}.pdf`, `${ID}.png`])
    expect(bytes.equals(await read('Small label', `${ID}.pdf`))).to.equal(true)
    expect(String(await read('Small label', `${ID}.png`))).to.equal('page 1 at 203')
    const record = JSON.parse(String(await read('Small label', `${ID}.json`))) as Record<string, unknown>
    expect(record).to.deep.include({
      printer: 'Small label',
      job_name: 'Label #12',
      copies: 2,
      media_type: 'application/pdf',
      bytes: 100_000,
      pages: 1,
    })
    expect(record['printed_at']).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  })

  it('lets no other account read what it keeps', async () => {
    const before = process.umask(0o022)
    try {
      await aDriver('Small label').deliver(aDelivery(), aContext())
    } finally {
      process.umask(before)
    }
    const modeOf = async (...names: string[]) => (await stat(join(folder, ...names))).mode & 0o777
    expect(await modeOf('Small label')).to.equal(0o700)
    const names = await filesOf('Small label')
    expect(names).to.have.length(3)
    for (const name of names) expect(await modeOf('Small label', name), name).to.equal(0o600)
  })

  it('draws at most 10 pages', async () => {
    await aDriver('Laser', 12).deliver(aDelivery(), aContext())
    const pictures = (await filesOf('Laser')).filter((name) => name.endsWith('.png'))
    expect(pictures)
      .to.have.length(10)
      .and.to.include.members([`${ID}.png`, `${ID}-2.png`, `${ID}-10.png`])
  })

  it('shows a double print as a second file and leaves the first alone', async () => {
    const driver = aDriver()
    await driver.deliver(aDelivery({ bytes: Buffer.from('first') }), aContext())
    await driver.deliver(aDelivery({ bytes: Buffer.from('second') }), aContext())
    expect(await filesOf('Small label')).to.include.members([`${ID}.pdf`, `${ID}.2.pdf`, `${ID}.2.json`])
    expect(String(await read('Small label', `${ID}.pdf`))).to.equal('first')
    expect(String(await read('Small label', `${ID}.2.pdf`))).to.equal('second')
  })

  for (const [mediaType, extension] of [
    ['image/png', 'png'],
    ['image/jpeg', 'jpg'],
    ['application/vnd.zebra-zpl', 'zpl'],
    ['application/vnd.escpos', 'bin'],
  ] as const) {
    it(`keeps ${mediaType} as .${extension}`, async () => {
      await aDriver().deliver(aDelivery({ mediaType }), aContext())
      expect(await filesOf('Small label')).to.deep.equal([`${ID}.json`, `${ID}.${extension}`].sort())
    })
  }

  for (const [name, safe] of [
    ['../../etc', '_.._etc'],
    ['..', 'unnamed'],
    ['a/b\\c\u0000d', 'a_b_c_d'],
    ['Etikett größe 4×6', 'Etikett größe 4_6'],
    ['x'.repeat(300), 'x'.repeat(120)],
    ['ü'.repeat(100), 'ü'.repeat(60)],
  ] as const) {
    it(`keeps what printer ${JSON.stringify(name.slice(0, 20))} gets in a folder of its own`, async () => {
      expect(await aDriver(name).deliver(aDelivery(), aContext())).to.include({ outcome: 'confirmed' })
      expect(await readdir(folder)).to.deep.equal([safe])
    })
  }

  it('confirms what it kept although no picture could be drawn', async () => {
    const driver = new VirtualDriver({
      folder,
      printerName: 'Laser',
      countPages: async () => 1,
      drawPage: async () => {
        throw new Error('out of ink')
      },
    })
    const result = await driver.deliver(aDelivery(), aContext())
    expect(result).to.include({ outcome: 'confirmed' })
    expect(result.detail).to.include('out of ink')
  })

  it('holds the queue when the disk refuses, and leaves no part of a file', async () => {
    await writeFile(join(folder, 'Laser'), 'not a folder')
    const result = await aDriver('Laser').deliver(aDelivery(), aContext())
    const held = { outcome: 'not_sent', next: 'retry', reason: 'connecting-to-device', bytesWritten: 0 }
    expect(result).to.include(held)
    expect(result.detail).to.match(/EEXIST|ENOTDIR/)
  })

  it('keeps nothing when the sending is not permitted', async () => {
    const result = await aDriver().deliver(aDelivery(), aContext(new Error('the lease is lost')))
    expect(result).to.include({ outcome: 'not_sent', next: 'retry', reason: null })
    expect(await filesOf('Small label')).to.deep.equal([])
  })

  async function filesOf(printer: string): Promise<string[]> {
    return (await readdir(join(folder, printer))).sort()
  }

  async function read(printer: string, file: string): Promise<Buffer> {
    return readFile(join(folder, printer, file))
  }
})
