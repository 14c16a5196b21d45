import { expect } from 'chai'
import { Floor, faultNumber } from './packing-fixtures.ts'

describe('packing.finish', () => {
  let floor: Floor
  before(async () => {
    floor = await Floor.start()
  })
  after(() => floor.server.stop())

  /** In order of their writing. */
  async function eventsOf(...resourceIds: readonly (string | undefined)[]): Promise<string[]> {
    const rows = await floor.rows<{ type: string; id: string; sequence: number }>(
      `select type, resource_id as id, sequence from events
       where resource_id = any(?) and resource_type in ('package', 'shipment', 'order') order by position`,
      [resourceIds],
    )
    return rows.map(({ type, id, sequence }) => `${type} ${id} ${sequence}`)
  }

  it('answers 103 and every blocker while anything is due, deferred or changed, and changes nothing', async () => {
    const { order, packages } = await floor.order()
    const due = await floor.note(order)
    const deferred = await floor.note(order)
    const changed = await floor.instruct(order)
    const confirmed = await floor.note(order)
    await floor.packer.defer(deferred, packages[0])
    await floor.packer.confirm(changed, packages[0])
    await floor.edit(changed, 'Put both slips in')
    await floor.packer.confirm(confirmed, packages[0])
    const before = await floor.server.rpc.call('shipment.info', [`${order}-A`])
    const fault = await floor.packer.fault('packing.finish', [packages[0]])
    expect(fault).to.deep.include({ code: -32103, message: 'Instructions are still unconfirmed.' })
    expect(fault.data?.['blockers']).to.deep.equal([
      `instruction ${due} is due`,
      `instruction ${deferred} is deferred`,
      `instruction ${changed} is changed`,
    ])
    expect((await floor.packer.open(packages[0])).blockers).to.deep.equal(fault.data?.['blockers'])
    expect(await floor.server.rpc.call('shipment.info', [`${order}-A`])).to.deep.equal(before)
    expect(await eventsOf(packages[0], `${order}-A`)).to.deep.equal([])

    for (const id of [due, deferred, changed]) await floor.packer.confirm(id, packages[0])
    await floor.packer.finish(packages[0])
  })

  it('answers the package, packed', async () => {
    const { order, packages } = await floor.order()
    expect(JSON.stringify(await floor.packer.finish(packages[0]))).to.equal(
      JSON.stringify({
        package_id: packages[0],
        shipment_id: `${order}-A`,
        order_unique_id: order,
        status: 'packed',
      }),
    )
  })

  it('closes the shipment and the order with their last package, and tells of each once', async () => {
    const { order, packages } = await floor.order([2, 1])
    const statuses = async () => [
      await floor.shipmentStatus(`${order}-A`),
      await floor.shipmentStatus(`${order}-B`),
      await floor.orderState(order),
    ]
    await floor.packer.open(packages[0])
    await floor.packer.finish(packages[0])
    expect(await statuses()).to.deep.equal(['packing', 'new', 'processing'])
    await floor.packer.finish(packages[1])
    expect(await statuses()).to.deep.equal(['packed', 'new', 'processing'])
    await floor.packer.finish(packages[2])
    expect(await statuses()).to.deep.equal(['packed', 'packed', 'complete'])
    const shipment = await floor.server.rpc.call('shipment.info', [`${order}-A`])
    expect(shipment.packed_at).to.match(/\+00:00$/)
    expect(await eventsOf(order, `${order}-A`, `${order}-B`, ...packages)).to.deep.equal([
      `order.created ${order} 1`,
      `package.packed ${packages[0]} 1`,
      `package.packed ${packages[1]} 1`,
      `shipment.packed ${order}-A 1`,
      `package.packed ${packages[2]} 1`,
      `shipment.packed ${order}-B 1`,
      `order.completed ${order} 2`,
    ])
  })

  it('makes the shipment of a package that nobody opened `packing`', async () => {
    const { order, packages } = await floor.order([2])
    await floor.packer.finish(packages[0])
    expect(await floor.shipmentStatus(`${order}-A`)).to.equal('packing')
  })

  it('is held up neither by what another package had nor by what came too late', async () => {
    const { order, packages } = await floor.order([2])
    const shared = await floor.instruct(order)
    await floor.packer.confirm(shared, packages[0])
    await floor.packer.finish(packages[0])
    await floor.packer.finish(packages[1])
    expect(await floor.stored(shared)).to.deep.equal({ confirmations: 1, jobs: 1, events: 1 })
  })

  it('is held up at the next package by an edit of what a packed one had confirmed', async () => {
    const { order, packages } = await floor.order([2])
    const id = await floor.note(order)
    await floor.packer.confirm(id, packages[0])
    await floor.packer.finish(packages[0])
    await floor.edit(id, 'Wrap it twice')
    const fault = await floor.packer.fault('packing.finish', [packages[1]])
    expect(fault.data?.['blockers']).to.deep.equal([`instruction ${id} is changed`])
  })

  it('is no longer held up by an instruction that was deleted', async () => {
    const { order, packages } = await floor.order()
    const id = await floor.note(order)
    expect(faultNumber(await floor.packer.fault('packing.finish', [packages[0]]))).to.equal(103)
    await floor.remove(id)
    await floor.packer.finish(packages[0])
  })

  it('answers 106 to a package that is packed, and tells of it no second time', async () => {
    const { packages } = await floor.order([2])
    await floor.packer.finish(packages[0])
    const fault = await floor.packer.fault('packing.finish', [packages[0]])
    expect(fault).to.deep.include({ code: -32106, message: 'The package is already packed.' })
    expect(await eventsOf(packages[0])).to.deep.equal([`package.packed ${packages[0]} 1`])
  })

  it('answers 101 to what is no package id, 6 without one and 100 to another type', async () => {
    const { order } = await floor.order()
    for (const [args, fault] of [
      [['nobody'], 101],
      [[order], 101],
      [[`${order}-A`], 101],
      [['a\0'], 101],
      [[''], 101],
      [[], 6],
      [[null], 6],
      [[false], 100],
    ] as const) {
      expect(faultNumber(await floor.packer.fault('packing.finish', args)), JSON.stringify(args)).to.equal(
        fault,
      )
    }
  })
})
