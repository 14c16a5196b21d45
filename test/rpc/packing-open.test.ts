import { expect } from 'chai'
import { Floor, faultNumber, faultOf, type OccurrenceJson } from './packing-fixtures.ts'

describe('packing.open', () => {
  let floor: Floor
  before(async () => {
    floor = await Floor.start()
  })
  after(() => floor.server.stop())

  /** The transaction that wrote the shipment's row last. */
  async function version(shipmentId: string): Promise<string | undefined> {
    const sql = 'select xmin::text as version from shipments where shipment_id = ?'
    return (await floor.rows<{ version: string }>(sql, [shipmentId]))[0]?.version
  }

  /** The package that a code means. */
  const opened = async (code: unknown) => (await floor.packer.open(code)).package.package_id

  it('answers the packing view, key by key', async () => {
    const id = await floor.instruct('100000309', {
      file_name: 'amazon_fba_3425232.pdf',
      presentation: 'once_per_shipment',
    })
    const due = await floor.packer.open('100000020-1')
    expect(JSON.stringify(due)).to.equal(
      JSON.stringify({
        package: {
          package_id: '100000020-1',
          shipment_id: '100000020',
          order_unique_id: '100000309',
          status: 'packing',
        },
        occurrences: [
          {
            instruction_id: id,
            revision: 1,
            note: 'Put the slip in',
            file_name: 'amazon_fba_3425232.pdf',
            presentation: 'once_per_shipment',
            print_target: 'LASER',
            state: 'due',
            because: 'first package of shipment 100000020, and nobody has confirmed it',
            confirmation: null,
            print_job: null,
          },
        ],
        can_finish: false,
        blockers: [`instruction ${id} is due`],
      }),
    )
  })

  it('shows with a confirmed instruction its confirmation and its print job', async () => {
    const { order, packages } = await floor.order()
    const id = await floor.instruct(order)
    await floor.packer.confirm(id, packages[0], { station_id: 'STATION_001' })
    const confirmed = await floor.packer.open(packages[0])
    expect(confirmed).to.deep.include({ can_finish: true, blockers: [] })
    const { confirmation, print_job: job } = confirmed.occurrences[0] as OccurrenceJson
    expect(Object.entries(confirmation ?? {}).map(([key, value]) => [key, typeof value])).to.deep.equal([
      ['confirmed_id', 'string'],
      ['confirmed_at', 'string'],
      ['confirmed_by', 'string'],
      ['station_id', 'string'],
      ['package_id', 'string'],
      ['revision', 'number'],
    ])
    expect(confirmation).to.include({
      confirmed_by: 'packer',
      station_id: floor.server.credentials.station_id,
      package_id: packages[0],
      revision: 1,
    })
    expect(confirmation)
      .to.have.property('confirmed_at')
      .that.matches(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/)
    expect(Object.keys(job ?? {})).to.deep.equal(['id', 'status', 'reason', 'printer', 'pages'])
    expect(job?.printer).to.include({ name: 'Laser' })
    expect(job?.pages).to.equal(1)
  })

  it('shows the instructions of the order alone, by rising id', async () => {
    const one = await floor.order()
    const other = await floor.order()
    const ids = [await floor.note(one.order), await floor.instruct(one.order), await floor.note(one.order)]
    await floor.note(other.order)
    const { occurrences } = await floor.packer.open(one.packages[0])
    expect(occurrences.map(({ instruction_id: id }) => id)).to.deep.equal(ids)
  })

  it('takes a package id, a tracking number, a shipment id and an order id, framed as scanners frame them', async () => {
    const { rpc } = floor.server
    const { order } = await floor.order([])
    const packages = [{ package_id: 'box 7', tracking_number: '1Z999AA10123456784' }]
    await rpc.call('shipment.create', [order, { shipment_id: 'SHIP-7', packages }])
    for (const code of ['box 7', '1Z999AA10123456784', 'SHIP-7', order]) {
      for (const scanned of [
        code,
        `${code}\r\n`,
        `${code}\t`,
        `  ${code} `,
        ` ${code} \r`,
        `\x02${code}\x03\r\n`,
      ]) {
        expect(await opened(scanned), JSON.stringify(scanned)).to.equal('box 7')
      }
    }
    expect(await opened(Number(order)), 'a number').to.equal('box 7')
  })

  it('finds an id that has blanks of its own', async () => {
    const { order } = await floor.order([])
    const packages = [{ package_id: ' padded ' }]
    await floor.server.rpc.call('shipment.create', [order, { packages }])
    expect(await opened(' padded ')).to.equal(' padded ')
    expect(await opened(' padded \r\n')).to.equal(' padded ')
  })

  it('prefers a package id to a tracking number, that to a shipment id, and that to an order id', async () => {
    const { rpc } = floor.server
    const ship = async (code: string, shipmentId: string, pack: object) => {
      const order = await rpc.call('order.create', [null, { MUG: 1 }, null, code ? { unique_id: code } : {}])
      await rpc.call('shipment.create', [order.unique_id, { shipment_id: shipmentId, packages: [pack] }])
    }
    await ship('same', 'same-order', { package_id: 'by-order' })
    expect(await opened('same')).to.equal('by-order')
    await ship('', 'same', { package_id: 'by-shipment' })
    expect(await opened('same')).to.equal('by-shipment')
    await ship('', 'same-tracking', { package_id: 'by-tracking', tracking_number: 'same' })
    expect(await opened('same')).to.equal('by-tracking')
    await ship('', 'same-package', { package_id: 'same' })
    expect(await opened('same')).to.equal('same')
  })

  it('answers for a shipment or an order the first package not yet packed, and the first when all are', async () => {
    const { order, packages } = await floor.order([2, 1])
    const walk = []
    for (const id of packages) {
      walk.push(await opened(order))
      await floor.packer.finish(id)
    }
    expect(walk).to.deep.equal(packages)
    const view = await floor.packer.open(order)
    expect(view).to.deep.equal({
      package: {
        package_id: packages[0],
        shipment_id: `${order}-A`,
        order_unique_id: order,
        status: 'packed',
      },
      occurrences: [],
      can_finish: false,
      blockers: [`package ${packages[0]} is packed already`],
    })
    expect(await opened(`${order}-B`)).to.equal(packages[2])
  })

  it('answers 101 to a code that names nothing, whatever is in it', async () => {
    const { order: empty } = await floor.order([])
    const codes = ['nobody', '', '  \r\n', 'a\0b', '\ud800', "'; drop table packages; --", '%', -1, 1.5]
    for (const code of [...codes, '9'.repeat(30), 'x'.repeat(100_000), '\x01'.repeat(100_000) + 'x', empty]) {
      const fault = await floor.packer.fault('packing.open', [code])
      expect(fault, JSON.stringify(code).slice(0, 40)).to.deep.equal({
        code: -32101,
        message: 'Nothing to pack has that code.',
      })
    }
  })

  it('answers 6 without a code and 100 to one of another type or to options it does not know', async () => {
    for (const args of [[], [null], [null, {}]]) {
      expect(faultNumber(await floor.packer.fault('packing.open', args)), JSON.stringify(args)).to.equal(6)
    }
    for (const [args, data] of [
      [[true], { field: 'code', reason: 'invalid' }],
      [[['100000020-1']], { field: 'code', reason: 'invalid' }],
      [['100000020-1', { station: 'x' }], { field: 'station', reason: 'unknown_option' }],
      [['100000020-1', { station_id: true }], { field: 'station_id', reason: 'invalid' }],
      [['100000020-1', 'STATION_001'], { field: 'options', reason: 'invalid' }],
    ] as const) {
      const fault = await floor.packer.fault('packing.open', args)
      expect(fault.code, JSON.stringify(args)).to.equal(-32100)
      expect(fault.data).to.deep.equal(data)
    }
  })

  it('answers 101 for every code of a canceled order', async () => {
    const { order, packages } = await floor.order([1])
    const id = await floor.note(order)
    await floor.db('packages').where({ package_id: packages[0] }).update({ tracking_number: 'TRACK-GONE' })
    await floor.cancel(order)
    for (const code of [packages[0], 'TRACK-GONE', `${order}-A`, order]) {
      expect(faultNumber(await floor.packer.fault('packing.open', [code])), code).to.equal(101)
    }
    for (const [path, args] of [
      ['packing.confirm', [id, packages[0]]],
      ['packing.defer', [id, packages[0]]],
      ['packing.finish', [packages[0]]],
      ['packing.preview', [order]],
    ] as const) {
      expect(faultNumber(await floor.packer.fault(path, args)), path).to.equal(101)
    }
    expect(await floor.stored(id)).to.deep.equal({ confirmations: 0, jobs: 0, events: 0 })
  })

  it('finds the order that took over the tracking number of a canceled one', async () => {
    const canceled = await floor.order([1])
    const { packages } = await floor.order([1])
    await floor
      .db('packages')
      .whereIn('package_id', [canceled.packages[0] as string, packages[0] as string])
      .update({ tracking_number: 'TRACK-AGAIN' })
    await floor.cancel(canceled.order)
    expect(await opened('TRACK-AGAIN')).to.equal(packages[0])
  })

  it('knows stations by id and by code, also by one that is a number', async () => {
    const station = await floor.station({ name: 'Numbered', code: '42' })
    const { packages } = await floor.order()
    for (const station_id of [station.stationId, 'STATION_001', '42', 42, null]) {
      const view = await floor.packer.open(packages[0], { station_id })
      expect(view.package.package_id, String(station_id)).to.equal(packages[0])
    }
  })

  it('answers 104 to a station that is unknown, removed, closed to the user, or of another location than hers', async () => {
    const { locationId } = await floor.location('Elsewhere')
    const far = await floor.station({ name: 'Far', code: 'FAR', locationId })
    const closed = await floor.station({ name: 'Closed', allowAllUsers: false, allowedUsers: ['usr_nobody'] })
    const gone = await floor.station({ name: 'Gone', code: 'GONE' })
    await floor.db('stations').where({ station_id: gone.stationId }).update({ deleted_at: new Date() })
    const { order, packages } = await floor.order()
    const id = await floor.instruct(order)
    for (const station_id of ['nowhere', '', 'a\0', 7, 'FAR', far.stationId, closed.stationId, 'GONE']) {
      for (const [path, args] of [
        ['packing.open', [packages[0], { station_id }]],
        ['packing.confirm', [id, packages[0], { station_id }]],
      ] as const) {
        const fault = await floor.packer.fault(path, args)
        expect(fault, `${path} ${station_id}`).to.deep.equal({
          code: -32104,
          message: 'Unknown station, or not yours.',
        })
      }
    }
    expect(await floor.stored(id)).to.deep.equal({ confirmations: 0, jobs: 0, events: 0 })
    expect(await floor.shipmentStatus(`${order}-A`)).to.equal('new')
  })

  it('lets a user without a location, and one whom a closed station lists, work there', async () => {
    const { locationId } = await floor.location('Anywhere')
    await floor.station({ name: 'Anywhere', code: 'ANYWHERE', locationId })
    const listed = await floor.user('packer')
    await floor.station({ name: 'Listed', code: 'LISTED', allowAllUsers: false, allowedUsers: [listed.id] })
    const roaming = await floor.user('supervisor', { locationId: null })
    const { packages } = await floor.order()
    await roaming.open(packages[0], { station_id: 'ANYWHERE' })
    await listed.open(packages[0], { station_id: 'LISTED' })
  })

  it('makes its shipment `packing`, once, and no other', async () => {
    const { order, packages } = await floor.order([2, 1])
    await floor.packer.open(packages[0])
    const first = await floor.server.rpc.call('shipment.info', [`${order}-A`])
    const written = await version(`${order}-A`)
    expect(first.status).to.equal('packing')
    expect(await floor.shipmentStatus(`${order}-B`)).to.equal('new')
    await floor.packer.open(packages[1])
    expect(await version(`${order}-A`), 'rewritten').to.equal(written)
    expect(await floor.server.rpc.call('shipment.info', [`${order}-A`])).to.deep.equal(first)
    expect(await floor.orderState(order)).to.equal('processing')
  })

  it('is refused to merchants, and open to packers and supervisors by its own name too', async () => {
    const { rpc } = floor.server
    for (const [path, args] of [
      ['packing.open', ['100000020-1']],
      ['packing.open', []],
      ['packing.confirm', [1, '100000020-1']],
      ['packing.defer', [1, '100000020-1']],
      ['packing.finish', ['100000020-1']],
      ['packing.preview', ['100000309']],
    ] as const) {
      expect(await rpc.fault(path, args), path).to.deep.equal({ code: -32002, message: 'Access denied.' })
    }
    const supervisor = await floor.user('supervisor')
    expect((await supervisor.open('100000020-1')).package.package_id).to.equal('100000020-1')
    const basic = Buffer.from(`packer:${floor.server.credentials.packer.api_key}`).toString('base64')
    const { json } = await rpc.raw(
      JSON.stringify({ jsonrpc: '2.0', id: 7, method: 'packing.open', params: { code: '100000020-1' } }),
      { authorization: `Basic ${basic}` },
    )
    expect(json.result.package.package_id).to.equal('100000020-1')
  })

  it('reads arguments by name and an empty list as no options', async () => {
    for (const args of [
      { code: '100000020-1', options: { station_id: 'STATION_001' } },
      ['100000020-1', []],
      '100000020-1',
    ]) {
      const view = await floor.packer.call<{ package: object }>('packing.open', args)
      expect(view.package).to.include({ package_id: '100000020-1' })
    }
    expect(faultNumber(await faultOf(floor.packer.call('packing.open', null)))).to.equal(6)
  })
})
