import { expect } from 'chai'
import { makeLabelPdf } from '../helpers/documents.ts'
import { eventually } from '../helpers/eventually.ts'
import { type SocketSink, startSocketSink } from '../helpers/socket-sink.ts'
import { Floor } from './packing-fixtures.ts'

describe('the labels of a package that is opened', () => {
  let floor: Floor
  let sink: SocketSink
  before(async () => {
    floor = await Floor.start({ PRINTER_PORTS: '1-65535' })
    sink = await startSocketSink()
  })
  after(async () => {
    await floor.server.stop()
    await sink.close()
  })

  /** How many connections to the database wait to read the bytes of a file. */
  async function readersWaiting(): Promise<number> {
    const [row] = await floor.rows<{ count: number }>(
      `select count(*)::int as count from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock' and query like '%join document_contents%'`,
    )
    return row?.count ?? 0
  }

  it('are taken in hand before anybody confirms them, and the opening does not wait for it', async () => {
    const { host, port } = sink
    const connection = { type: 'socket', host, port, language: 'zpl' } as const
    const station = await floor.station({
      name: 'Labels',
      printers: [{ name: 'Zebra', pool: 'LABEL', connection, pageSizes: ['label_4x6'] }],
    })
    const { order, packages } = await floor.order()
    const file_content = (await makeLabelPdf()).toString('base64')
    const id = await floor.instruct(order, { file_content, print_target: 'LABEL' })

    const lock = await floor.db.transaction()
    try {
      await lock.raw('lock table document_contents in access exclusive mode')
      const view = await floor.packer.open(packages[0], { station_id: station.stationId })
      expect(view.occurrences.map(({ state }) => state)).to.deep.equal(['due'])
      await eventually('the label is asked for', async () =>
        (await readersWaiting()) > 0 ? true : undefined,
      )
    } finally {
      await lock.commit()
    }
    const confirmed = await floor.packer.confirm(id, packages[0], { station_id: station.stationId })
    expect(confirmed.print_job).to.have.nested.property('printer.name', 'Zebra')
    await eventually('it is printed', () => (sink.received.includes('^XZ') ? true : undefined))
    expect(sink.received.toString('latin1').match(/\^GFA/g)).to.have.length(1)
  })
})
