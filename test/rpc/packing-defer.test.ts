import { expect } from 'chai'
import { Floor, faultNumber } from './packing-fixtures.ts'

describe('packing.defer', () => {
  let floor: Floor
  before(async () => {
    floor = await Floor.start()
  })
  after(() => floor.server.stop())

  const deferrals = async (instructionId: number): Promise<number> =>
    (await floor.rows('select 1 from deferrals where instruction_id = ?', [instructionId])).length

  it('puts an occurrence off, which still blocks finishing, and prints nothing', async () => {
    const { order, packages } = await floor.order()
    const id = await floor.instruct(order)
    const answer = await floor.packer.defer(id, packages[0])
    expect(answer).to.deep.include({
      instruction_id: id,
      state: 'deferred',
      confirmation: null,
      print_job: null,
    })
    expect(answer.because).to.equal(`put off for package ${packages[0]}, and nobody has confirmed it`)
    const view = await floor.packer.open(packages[0])
    expect(JSON.stringify(view.occurrences)).to.equal(JSON.stringify([answer]))
    expect(view).to.deep.include({ can_finish: false, blockers: [`instruction ${id} is deferred`] })
    const fault = await floor.packer.fault('packing.finish', [packages[0]])
    expect(fault.code).to.equal(-32103)
    expect(fault.data?.['blockers']).to.deep.equal([`instruction ${id} is deferred`])
    expect(await floor.stored(id)).to.deep.equal({ confirmations: 0, jobs: 0, events: 0 })
  })

  it('answers the same when repeated, by anyone', async () => {
    const { order, packages } = await floor.order()
    const id = await floor.note(order)
    const first = await floor.packer.defer(id, packages[0])
    expect(await floor.packer.defer(String(id), packages[0])).to.deep.equal(first)
    expect(await (await floor.user('packer')).defer(id, packages[0])).to.deep.equal(first)
    expect(await deferrals(id)).to.equal(1)
  })

  it('is for the package at hand: at another one the instruction is due', async () => {
    const { order, packages } = await floor.order([2])
    const id = await floor.note(order, { presentation: 'once_per_order' })
    await floor.packer.defer(id, packages[0])
    expect((await floor.packer.open(packages[1])).occurrences[0]?.state).to.equal('due')
    await floor.packer.confirm(id, packages[1])
    expect((await floor.packer.open(packages[0])).occurrences[0]?.state).to.equal('elsewhere')
  })

  it('ends with the confirmation', async () => {
    const { order, packages } = await floor.order()
    const id = await floor.instruct(order)
    await floor.packer.defer(id, packages[0])
    expect((await floor.packer.confirm(id, packages[0])).state).to.equal('confirmed')
    await floor.packer.finish(packages[0])
  })

  it('counts for the revision that was seen: an edit makes the instruction due again', async () => {
    const { order, packages } = await floor.order()
    const id = await floor.note(order)
    await floor.packer.defer(id, packages[0])
    await floor.edit(id, 'Wrap it twice')
    expect((await floor.packer.open(packages[0])).occurrences[0]).to.include({ state: 'due', revision: 2 })
    expect((await floor.packer.defer(id, packages[0])).state).to.equal('deferred')
    expect(await deferrals(id)).to.equal(2)
  })

  it('puts off what is due again after an edit, and still shows the earlier confirmation', async () => {
    const { order, packages } = await floor.order()
    const id = await floor.note(order)
    const { confirmation } = await floor.packer.confirm(id, packages[0])
    await floor.edit(id, 'Wrap it twice')
    const deferred = await floor.packer.defer(id, packages[0])
    expect(deferred).to.deep.include({ state: 'deferred', revision: 2, confirmation })
  })

  it('answers the state of what is not due, and stores nothing', async () => {
    const { order, packages } = await floor.order([2])
    const id = await floor.note(order)
    await floor.packer.confirm(id, packages[0])
    expect((await floor.packer.defer(id, packages[0])).state).to.equal('confirmed')
    expect((await floor.packer.defer(id, packages[1])).state).to.equal('elsewhere')
    await floor.packer.finish(packages[0])
    expect((await floor.packer.defer(id, packages[0])).state).to.equal('confirmed')
    expect(await deferrals(id)).to.equal(0)
  })

  it('makes the shipment of a package that nobody opened `packing`', async () => {
    const { order, packages } = await floor.order()
    await floor.packer.defer(await floor.note(order), packages[0])
    expect(await floor.shipmentStatus(`${order}-A`)).to.equal('packing')
  })

  it('answers 101, 102, 106, 6 and 100 as packing.confirm does', async () => {
    const { order, packages } = await floor.order([2])
    const id = await floor.note(order, { presentation: 'once_per_package' })
    const foreign = await floor.note((await floor.order()).order)
    await floor.packer.confirm(id, packages[0])
    await floor.packer.finish(packages[0])
    const late = await floor.note(order, { presentation: 'once_per_package' })
    for (const [args, fault] of [
      [[id, 'nobody'], 101],
      [[id, 'a\0'], 101],
      [[foreign, packages[1]], 102],
      [['abc', packages[1]], 102],
      [['a\0', packages[1]], 102],
      [[late, packages[0]], 106],
      [[id], 6],
      [[null, packages[1]], 6],
      [[id, []], 100],
      [[true, packages[1]], 100],
    ] as const) {
      expect(faultNumber(await floor.packer.fault('packing.defer', args)), JSON.stringify(args)).to.equal(
        fault,
      )
    }
  })
})
