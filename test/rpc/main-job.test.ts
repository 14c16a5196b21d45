import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { makePdf } from '../helpers/documents.ts'
import { eventually } from '../helpers/eventually.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

describe('the main job', () => {
  let server: TestServer
  before(async () => {
    server = await startServer()
  })
  after(() => server.stop())

  it('takes an instruction with a file from the integrator to the printer and back', async () => {
    const { rpc } = server
    const pdf = await makePdf({ pages: 1, widthPt: 612, heightPt: 792, text: 'Amazon FBA' })
    const created = await rpc.call('order_instruction.create', [
      '100000309',
      'Place Amazon FBA Label in a pouch',
      {
        file_name: 'amazon_fba_3425232.pdf',
        file_content: pdf.toString('base64'),
        presentation: 'once_per_shipment',
        print_target: 'LASER',
      },
    ])
    const view = await rpc.call('packing.open', ['100000020-1', { station_id: 'STATION_001' }], 'packer')
    expect(view.occurrences).to.have.length(1)
    expect(view.occurrences[0]).to.include({ instruction_id: created.instruction_id, state: 'due' })

    const confirmed = await rpc.call('packing.confirm', [created.instruction_id, '100000020-1'], 'packer')
    expect(confirmed).to.include({ state: 'confirmed' })
    expect(confirmed.print_job.printer).to.include({ name: 'Laser' })

    const [listed] = await eventually('the copy is counted', async () => {
      const list = await rpc.call('order_instruction.list', ['100000309'])
      return list[0].copies_printed === '1' ? list : undefined
    })
    expect(listed.confirmations).to.deep.equal([
      {
        confirmed_id: confirmed.confirmation.confirmed_id,
        confirmed_at: confirmed.confirmation.confirmed_at,
      },
    ])
    const folder = join(server.dataDir, 'virtual-printers', 'Laser')
    const files = await readdir(folder)
    expect(files).to.include(`${confirmed.print_job.id}.png`)
    expect(await readFile(join(folder, `${confirmed.print_job.id}.pdf`))).to.deep.equal(pdf)
  })
})
