import { expect } from 'chai'
import { Floor, faultNumber, type Packer } from './packing-fixtures.ts'

const REASON = 'the mug was left out'

describe('packing.reopen', () => {
  let floor: Floor
  let supervisor: Packer
  before(async () => {
    floor = await Floor.start()
    supervisor = await floor.user('supervisor')
  })
  after(() => floor.server.stop())

  const reopen = (pack: unknown, reason: unknown = REASON) =>
    supervisor.call('packing.reopen', [pack, reason])
  const statuses = async (order: string, pack: string | undefined) => ({
    package: (await floor.packer.open(pack)).package.status,
    shipment: await floor.shipmentStatus(`${order}-A`),
    order: await floor.orderState(order),
  })
  const kept = (pack: string | undefined) =>
    floor.rows<{ user_id: string; reopened_by: string; reason: string }>(
      'select user_id, reopened_by, reason from package_reopenings where package_id = ? order by reopening_id',
      [pack],
    )

  it('opens the package with its shipment and its order, and answers the package', async () => {
    const { order, packages } = await floor.order([2])
    for (const pack of packages) await floor.packer.finish(pack)
    expect(await statuses(order, packages[0])).to.deep.equal({
      package: 'packed',
      shipment: 'packed',
      order: 'complete',
    })
    expect(JSON.stringify(await reopen(packages[0]))).to.equal(
      JSON.stringify({
        package_id: packages[0],
        shipment_id: `${order}-A`,
        order_unique_id: order,
        status: 'packing',
      }),
    )
    expect(await statuses(order, packages[0])).to.deep.equal({
      package: 'packing',
      shipment: 'packing',
      order: 'processing',
    })
    const { rpc } = floor.server
    expect((await rpc.call('shipment.info', [`${order}-A`])).packed_at).to.equal(null)
    const found = await rpc.call('package.search', [
      { shipment_id: `${order}-A` },
      {},
      ['package_id', 'package_status'],
    ])
    expect(found.map((one: { package_status: string }) => one.package_status)).to.deep.equal([
      'packing',
      'packed',
    ])
  })

  it('leaves the shipments of other packages as they are', async () => {
    const { order, packages } = await floor.order([1, 1])
    await floor.packer.finish(packages[0])
    await floor.packer.finish(packages[1])
    await reopen(packages[0])
    expect(await floor.shipmentStatus(`${order}-B`)).to.equal('packed')
  })

  it('lets the package be closed again, which tells of it again', async () => {
    const { order, packages } = await floor.order()
    await floor.packer.finish(packages[0])
    await reopen(packages[0])
    await floor.packer.finish(packages[0])
    expect(await statuses(order, packages[0])).to.deep.equal({
      package: 'packed',
      shipment: 'packed',
      order: 'complete',
    })
    const events = await floor.rows<{ type: string }>(
      `select type from events where resource_id in (?, ?) and type in ('package.packed', 'order.completed')`,
      [packages[0], order],
    )
    expect(events).to.have.length(4)
  })

  it('keeps who did it and why, every time', async () => {
    const { packages } = await floor.order()
    for (const reason of [' first look ', 'second look']) {
      await floor.packer.finish(packages[0])
      await reopen(packages[0], reason)
    }
    const who = { user_id: supervisor.id, reopened_by: supervisor.name }
    expect(await kept(packages[0])).to.deep.equal([
      { ...who, reason: 'first look' },
      { ...who, reason: 'second look' },
    ])
  })

  it('leaves confirmations as they are, and makes due again what was edited since', async () => {
    const { order, packages } = await floor.order()
    const [same, edited] = [await floor.note(order), await floor.note(order)]
    for (const id of [same, edited]) await floor.packer.confirm(id, packages[0])
    await floor.packer.finish(packages[0])
    await reopen(packages[0])
    await floor.edit(edited, 'Wrap it twice')
    const { occurrences } = await floor.packer.open(packages[0])
    expect(occurrences.map(({ state }) => state)).to.deep.equal(['confirmed', 'changed'])
    expect(occurrences[0]?.confirmation?.confirmed_by).to.equal('packer')
    expect(faultNumber(await floor.packer.fault('packing.finish', [packages[0]]))).to.equal(103)
    await floor.packer.confirm(edited, packages[0])
    await floor.packer.finish(packages[0])
  })

  it('makes due what came after the package was packed', async () => {
    const { order, packages } = await floor.order([2])
    await floor.packer.finish(packages[0])
    const id = await floor.note(order, { presentation: 'once_per_package' })
    expect((await floor.packer.open(packages[0])).occurrences).to.deep.equal([])
    await reopen(packages[0])
    expect((await floor.packer.open(packages[0])).occurrences[0]).to.include({
      instruction_id: id,
      state: 'due',
    })
  })

  it('is one reopening when two supervisors do it at once', async () => {
    const { packages } = await floor.order()
    await floor.packer.finish(packages[0])
    const answers = await Promise.allSettled(Array.from({ length: 6 }, () => reopen(packages[0])))
    expect(answers.filter(({ status }) => status === 'fulfilled')).to.have.length(1)
    expect(await kept(packages[0])).to.have.length(1)
  })

  it('is for supervisors alone: a packer is told fault 2, whatever the package', async () => {
    const { packages } = await floor.order()
    await floor.packer.finish(packages[0])
    for (const pack of [packages[0], 'nothing']) {
      const fault = await floor.packer.fault('packing.reopen', [pack, REASON])
      expect(fault).to.deep.equal({ code: -32002, message: 'Access denied.' })
    }
    expect((await floor.packer.open(packages[0])).package.status).to.equal('packed')
  })

  it('answers 100 when the package is not packed', async () => {
    const { order, packages } = await floor.order()
    const { code, data } = await supervisor.fault('packing.reopen', [packages[0], REASON])
    expect(code).to.equal(-32100)
    expect(data).to.deep.include({ field: null, reason: 'invalid_status' })
    expect(await floor.shipmentStatus(`${order}-A`)).to.equal('new')
    expect(await kept(packages[0])).to.deep.equal([])
  })

  it('takes a reason of 3 to 1,023 characters', async () => {
    const { packages } = await floor.order()
    await floor.packer.finish(packages[0])
    for (const reason of ['', '  ab ', 'x'.repeat(1_024), '😀'.repeat(1_024), 5, [], 'a\0b']) {
      const { code, data } = await supervisor.fault('packing.reopen', [packages[0], reason])
      expect(code, JSON.stringify(reason).slice(0, 40)).to.equal(-32100)
      expect(data).to.include({ field: 'reason', reason: 'invalid' })
    }
    expect(faultNumber(await supervisor.fault('packing.reopen', [packages[0]]))).to.equal(6)
    await reopen(packages[0], '😀'.repeat(1_023))
  })

  it('answers 101 to what is no package id and to the packages of a canceled order, 6 without one', async () => {
    const { order, packages } = await floor.order()
    await floor.packer.finish(packages[0])
    await floor.cancel(order)
    for (const [pack, number] of [
      [packages[0], 101],
      ['nobody', 101],
      [order, 101],
      [`${order}-A`, 101],
      ['a\0', 101],
      [null, 6],
      [false, 100],
    ] as const) {
      expect(faultNumber(await supervisor.fault('packing.reopen', [pack, REASON])), String(pack)).to.equal(
        number,
      )
    }
  })
})
