import { expect } from 'chai'
import sharp from 'sharp'
import { makePdf } from '../helpers/documents.ts'
import { Floor, faultNumber } from './packing-fixtures.ts'

interface PictureJson {
  readonly page: number
  readonly pages: number
  readonly media_type: string
  readonly content: string
}

describe('packing.picture', () => {
  let floor: Floor
  before(async () => {
    floor = await Floor.start()
  })
  after(() => floor.server.stop())

  const picture = (id: unknown, pack: unknown, options?: object) =>
    floor.packer.call<PictureJson>('packing.picture', [id, pack, options])

  it('shows the page that will be printed, in its proportions', async () => {
    const { order, packages } = await floor.order()
    const id = await floor.instruct(order)
    const shown = await picture(id, packages[0])
    expect([shown.page, shown.pages, shown.media_type]).to.deep.equal([1, 1, 'image/png'])
    const { format, width, height } = await sharp(Buffer.from(shown.content, 'base64')).metadata()
    expect(format).to.equal('png')
    expect(Math.max(width, height)).to.be.within(500, 1300)
  })

  it('shows a picture on the paper of its target', async () => {
    const { order, packages } = await floor.order()
    const red = await sharp({ create: { width: 200, height: 100, channels: 3, background: 'red' } })
      .png()
      .toBuffer()
    const file = { file_name: 'red.png', file_content: red.toString('base64'), print_target: 'LABEL' }
    const { content } = await picture(await floor.instruct(order, file), packages[0])
    const { width, height } = await sharp(Buffer.from(content, 'base64')).metadata()
    expect(width / height).to.be.closeTo(4 / 6, 0.01)
  })

  it('answers 100 where there is no file or no such page, and changes nothing', async () => {
    const { order, packages } = await floor.order()
    const [pack] = packages
    const note = await floor.note(order)
    const file = await floor.instruct(order, {
      file_content: (await makePdf({ text: 'Slip' })).toString('base64'),
    })
    for (const args of [
      [note, pack],
      [file, pack, { page: 2 }],
      [file, pack, { page: 0 }],
    ]) {
      expect(faultNumber(await floor.packer.fault('packing.picture', args)), JSON.stringify(args)).to.equal(
        100,
      )
    }
    expect(await floor.shipmentStatus(`${order}-A`)).to.equal('new')
  })

  it('answers 101 to what is no package and 102 to what is no instruction of it', async () => {
    const { order, packages } = await floor.order()
    const other = await floor.order()
    const id = await floor.instruct(order)
    const faultOf = async (...args: unknown[]) =>
      faultNumber(await floor.packer.fault('packing.picture', args))
    expect(await faultOf(id, 'nothing')).to.equal(101)
    expect(await faultOf(id, '\0')).to.equal(101)
    expect(await faultOf(id, other.packages[0])).to.equal(102)
    expect(await faultOf('x', packages[0])).to.equal(102)
  })
})
