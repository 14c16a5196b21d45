import { expect } from 'chai'
import { makePdf } from '../helpers/documents.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

describe('the papers of one package', function () {
  this.timeout(60_000)
  let server: TestServer
  beforeEach(async () => {
    server = await startServer()
  })
  afterEach(() => server.stop())

  const printersOf = async (): Promise<string[]> => {
    const { rows } = await server.db.raw(
      'select printers.name from print_jobs join printers using (printer_id) order by queue_position',
    )
    return rows.map(({ name }: { name: string }) => name)
  }

  it('wait at one printer, where papers of two packages go to the shorter queue', async () => {
    const connection = { type: 'virtual' } as const
    const station = await server.services.printers.createStation('usr_test', {
      locationId: server.credentials.location_id,
      name: 'Two',
      printers: ['one', 'other'].map((name) => ({ name, pool: 'LASER' as const, connection })),
    })
    await server.db.raw('update printers set is_paused = true')
    await server.rpc.call('order.create', [null, { 'SKU-1': 1 }, null, { unique_id: 'P' }])
    await server.rpc.call('shipment.create', ['P', { shipment_id: 'P-s', packages: 2 }])
    const pdf = await makePdf({ pages: 1, widthPt: 612, heightPt: 792, text: 'paper' })
    const file = { file_name: 'slip.pdf', file_content: pdf.toString('base64') }
    const ids: number[] = []
    for (const note of ['first', 'second', 'third']) {
      const options = { ...file, presentation: 'once_per_package', print_target: 'LASER' }
      ids.push((await server.rpc.call('order_instruction.create', ['P', note, options])).instruction_id)
    }
    const confirm = (instructionId: number | undefined, packageId: string) =>
      server.rpc.call(
        'packing.confirm',
        [instructionId, packageId, { station_id: station.stationId }],
        'packer',
      )
    await confirm(ids[0], 'P-s-1')
    await confirm(ids[0], 'P-s-2')
    await confirm(ids[1], 'P-s-1')
    await confirm(ids[2], 'P-s-1')
    await confirm(ids[1], 'P-s-2')
    expect(await printersOf()).to.deep.equal(['one', 'other', 'one', 'one', 'other'])
    const { rows } = await server.db.raw(
      'select routing from print_jobs order by queue_position offset 3 limit 1',
    )
    expect(rows[0].routing.candidates[0].reasons).to.deep.equal(['packet: papers of this package are at it'])
  })
})
