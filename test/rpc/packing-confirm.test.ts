import { expect } from 'chai'
import { makePdf } from '../helpers/documents.ts'
import { eventually } from '../helpers/eventually.ts'
import { Floor, faultNumber, type OccurrenceJson } from './packing-fixtures.ts'

const NOTHING = { confirmations: 0, jobs: 0, events: 0 }
const ONCE = { confirmations: 1, jobs: 1, events: 1 }

describe('packing.confirm', () => {
  let floor: Floor
  /** Its jobs stay queued, as the rows were inserted. */
  let held: string
  before(async () => {
    floor = await Floor.start()
    const station = await floor.station({
      name: 'Held',
      code: 'HELD',
      printers: [{ name: 'Held laser', pool: 'LASER' }],
    })
    held = station.stationId
  })
  after(() => floor.server.stop())

  const stateOf = async (packageId: string | undefined, instructionId: number) => {
    const { occurrences } = await floor.packer.open(packageId)
    return occurrences.find(({ instruction_id: id }) => id === instructionId)?.state
  }

  it('stores the confirmation, the print job and their events in one transaction', async () => {
    const { order, packages } = await floor.order()
    const id = await floor.instruct(order, { file_name: 'fba.pdf' })
    const answer = await floor.packer.confirm(id, packages[0], { station_id: 'HELD', revision: 1 })
    expect(answer).to.deep.include({ instruction_id: id, revision: 1, state: 'confirmed' })
    const job = answer.print_job?.id
    const rows = await floor.rows<{ what: string; transaction: string }>(
      `select 'confirmation' as what, xmin::text as transaction from confirmations where instruction_id = :id
       union all select 'job', xmin::text from print_jobs where instruction_id = :id
       union all select type, xmin::text from events where resource_id in (:id::text, :job::text)
         and type <> 'order_instruction.created'`,
      { id, job },
    )
    expect(rows.map(({ what }) => what)).to.have.members([
      'confirmation',
      'job',
      'order_instruction.confirmed',
      'cloud_printing.job.created',
    ])
    expect(new Set(rows.map(({ transaction }) => transaction))).to.have.length(1)
  })

  it('makes one print job of the file, in the name of the user, for the instruction and its merchant', async () => {
    const { order, packages } = await floor.order()
    const id = await floor.instruct(order, { file_name: 'fba.pdf' })
    const { confirmation } = await floor.packer.confirm(id, packages[0], { station_id: 'HELD' })
    const [job] = await floor.rows(
      'select print_jobs.*, merchants.name as merchant from print_jobs join merchants using (merchant_id) where instruction_id = ?',
      [id],
    )
    expect(job).to.include({
      name: 'fba.pdf',
      status: 'queued',
      location_id: floor.server.credentials.location_id,
      print_target: 'LASER',
      resource_type: 'instruction',
      resource_id: String(id),
      resource_document: 'fba.pdf',
      copies: 1,
      user_name: 'packer',
      created_by: floor.packer.id,
      confirmation_id: confirmation?.confirmed_id,
      merchant: 'demo',
    })
  })

  it('stores nothing at all and answers 105 when no printer can print the file, naming each', async () => {
    const { order, packages } = await floor.order()
    const id = await floor.instruct(order, { print_target: 'SMALL_LABEL' })
    await floor.db('printers').where({ pool: 'SMALL_LABEL' }).update({ pool: null })
    const before = await eventCount()
    const fault = await floor.packer.fault('packing.confirm', [
      id,
      packages[0],
      { station_id: 'STATION_001' },
    ])
    await floor.db('printers').where({ name: 'Small label' }).update({ pool: 'SMALL_LABEL' })
    expect(fault).to.deep.include({ code: -32105, message: 'No printer can print this document.' })
    const reasons = fault.data?.['printers'] as string[]
    expect(reasons).to.include('Laser: pool-not-requested: it is of pool LASER, not SMALL_LABEL')
    expect(reasons.every((reason) => reason.includes('pool-not-requested'))).to.equal(true)
    expect(await floor.stored(id)).to.deep.equal(NOTHING)
    expect(await eventCount()).to.equal(before)
    expect(await floor.shipmentStatus(`${order}-A`)).to.equal('new')
    expect(await stateOf(packages[0], id)).to.equal('due')

    const confirmed = await floor.packer.confirm(id, packages[0])
    expect(confirmed.print_job?.printer.name, 'once there is a printer').to.equal('Small label')
  })

  async function eventCount(): Promise<number> {
    const [row] = await floor.rows<{ count: number }>(
      `select count(*)::int as count from events where type in ('order_instruction.confirmed', 'cloud_printing.job.created')`,
    )
    return row?.count ?? -1
  }

  it('answers the same confirmation when repeated, by anyone, and prints nothing more', async () => {
    const { order, packages } = await floor.order()
    const id = await floor.instruct(order)
    const first = await floor.packer.confirm(id, packages[0], { station_id: 'HELD', revision: 1 })
    const other = await floor.user('packer')
    expect(await floor.packer.confirm(id, packages[0], { station_id: 'HELD', revision: 1 })).to.deep.equal(
      first,
    )
    expect(await other.confirm(String(id), packages[0])).to.deep.equal(first)
    await floor.packer.finish(packages[0])
    expect(await other.confirm(id, packages[0]), 'after the package was packed').to.deep.equal(first)
    expect(await floor.stored(id)).to.deep.equal(ONCE)
  })

  it('counts the copy once it is printed, and shows the job as it moves', async () => {
    const { order, packages } = await floor.order()
    const id = await floor.instruct(order)
    await floor.packer.confirm(id, packages[0], { station_id: 'STATION_001' })
    const printed = await eventually('the job completes', async () => {
      const { print_job } = await floor.packer.confirm(id, packages[0])
      return print_job?.status === 'completed' ? print_job : undefined
    })
    expect(printed.printer.name).to.equal('Laser')
    const [listed] = await floor.server.rpc.call('order_instruction.list', [order])
    expect(listed.copies_printed).to.equal('1')
  })

  it('makes no print job of an instruction without a file', async () => {
    const { order, packages } = await floor.order()
    const id = await floor.note(order, { print_target: 'LASER' })
    const answer = await floor.packer.confirm(id, packages[0])
    expect(answer).to.deep.include({ state: 'confirmed', print_job: null })
    expect(answer.confirmation?.station_id).to.equal(null)
    expect(await floor.stored(id)).to.deep.equal({ confirmations: 1, jobs: 0, events: 1 })
  })

  it('answers 107, and stores nothing, to a revision that is not the newest', async () => {
    const { order, packages } = await floor.order()
    const id = await floor.instruct(order)
    await floor.edit(id, 'Put both slips in')
    for (const revision of [1, 3]) {
      const fault = await floor.packer.fault('packing.confirm', [id, packages[0], { revision }])
      expect(fault).to.deep.include({ code: -32107, message: 'The instruction changed since you saw it.' })
      expect(fault.data).to.include({ revision: 2 })
    }
    expect(await floor.stored(id)).to.deep.equal(NOTHING)
    await floor.packer.confirm(id, packages[0], { revision: 2 })
    expect(
      faultNumber(await floor.packer.fault('packing.confirm', [id, packages[0], { revision: 1 }])),
    ).to.equal(107)
    expect(await floor.stored(id)).to.deep.equal(ONCE)
  })

  it('answers 102 to an instruction that does not apply, and 101 to a package that is not there', async () => {
    const { order, packages } = await floor.order()
    const id = await floor.instruct(order)
    const other = await floor.order()
    const foreign = await floor.instruct(other.order)
    const deleted = await floor.instruct(order)
    await floor.remove(deleted)
    for (const instruction of [
      foreign,
      deleted,
      999_999,
      'abc',
      -1,
      1.5,
      '9'.repeat(30),
      `0${id}`,
      ` ${id}`,
      'a\0',
      '',
    ]) {
      const fault = await floor.packer.fault('packing.confirm', [instruction, packages[0]])
      expect(fault, JSON.stringify(instruction)).to.deep.equal({
        code: -32102,
        message: 'That instruction does not apply to this package.',
      })
    }
    for (const pack of ['nobody', `${order}-A`, order, 'a\0', '', 1.5]) {
      expect(faultNumber(await floor.packer.fault('packing.confirm', [id, pack])), String(pack)).to.equal(101)
    }
  })

  it('answers 6 to a missing id and 100 to arguments of another form', async () => {
    const { order, packages } = await floor.order()
    const id = await floor.note(order)
    for (const args of [[], [id], [null, packages[0]], [id, null]]) {
      expect(faultNumber(await floor.packer.fault('packing.confirm', args)), JSON.stringify(args)).to.equal(6)
    }
    for (const [args, field] of [
      [[true, packages[0]], 'instructionId'],
      [[id, {}], 'packageId'],
      [[id, packages[0], { revision: 0 }], 'revision'],
      [[id, packages[0], { revision: '1' }], 'revision'],
      [[id, packages[0], { revision: 1.5 }], 'revision'],
      [[id, packages[0], { station: 'HELD' }], 'station'],
      [[id, packages[0], 'HELD'], 'options'],
    ] as const) {
      const fault = await floor.packer.fault('packing.confirm', args)
      expect(fault.code, JSON.stringify(args)).to.equal(-32100)
      expect(fault.data).to.include({ field })
    }
    expect(await floor.stored(id)).to.deep.equal(NOTHING)
  })

  it('answers 106 at a packed package where something is due again, and to an instruction that came too late', async () => {
    const { order, packages } = await floor.order([2])
    const id = await floor.instruct(order)
    await floor.packer.confirm(id, packages[0])
    await floor.packer.finish(packages[0])
    await floor.edit(id, 'Changed after the first package')
    const late = await floor.instruct(order, { presentation: 'once_per_package' })
    for (const instruction of [id, late]) {
      const fault = await floor.packer.fault('packing.confirm', [instruction, packages[0]])
      expect(fault).to.deep.include({ code: -32106, message: 'The package is already packed.' })
    }
    expect(await floor.stored(id)).to.deep.equal(ONCE)
    expect((await floor.packer.confirm(id, packages[1])).state).to.equal('confirmed')
  })

  it('tells the second package of a shared instruction who had it, and prints nothing for it', async () => {
    const { order, packages } = await floor.order([2])
    const id = await floor.instruct(order, { presentation: 'once_per_shipment' })
    const other = await floor.user('packer')
    const first = await floor.packer.confirm(id, packages[0], { station_id: 'HELD' })
    const second = await other.confirm(id, packages[1])
    expect(second.state).to.equal('elsewhere')
    expect(second.because).to.match(
      new RegExp(
        `^once for shipment ${order}-A, and already confirmed for package ${packages[0]} by packer at `,
      ),
    )
    expect(second.confirmation).to.deep.equal(first.confirmation)
    expect(second.print_job).to.deep.equal(first.print_job)
    expect(await floor.stored(id)).to.deep.equal(ONCE)
  })

  for (const [presentation, times] of [
    ['once_per_order', ['confirmed', 'elsewhere', 'elsewhere']],
    ['once_per_shipment', ['confirmed', 'elsewhere', 'confirmed']],
    ['once_per_package', ['confirmed', 'confirmed', 'confirmed']],
  ] as const) {
    it(`confirms and prints ${presentation} as often as it says`, async () => {
      const { order, packages } = await floor.order([2, 1])
      const id = await floor.instruct(order, { presentation })
      const states = []
      for (const pack of packages) {
        states.push((await floor.packer.confirm(id, pack, { station_id: 'HELD' })).state)
        await floor.packer.finish(pack)
      }
      expect(states).to.deep.equal(times)
      const count = times.filter((state) => state === 'confirmed').length
      expect(await floor.stored(id)).to.deep.equal({ confirmations: count, jobs: count, events: count })
      expect(await floor.orderState(order)).to.equal('complete')
    })
  }

  it('confirms and prints once more after an edit of the note or the file, and keeps what was confirmed', async () => {
    const { order, packages } = await floor.order()
    const id = await floor.instruct(order)
    const first = await floor.packer.confirm(id, packages[0], { station_id: 'HELD' })
    await floor.edit(id, 'Put the slip in, face up')
    const { occurrences, blockers } = await floor.packer.open(packages[0])
    expect(occurrences[0]).to.deep.include({
      state: 'changed',
      revision: 2,
      confirmation: first.confirmation,
    })
    expect(blockers).to.deep.equal([`instruction ${id} is changed`])

    const second = await floor.packer.confirm(id, packages[0], { station_id: 'HELD', revision: 2 })
    expect(second).to.include({ state: 'confirmed', revision: 2 })
    expect(second.confirmation?.revision).to.equal(2)
    expect(second.print_job?.id).to.not.equal(first.print_job?.id)
    await floor.packer.confirm(id, packages[0])
    expect(await floor.stored(id)).to.deep.equal({ confirmations: 2, jobs: 2, events: 2 })

    const file_content = (await makePdf({ text: 'Another slip', pages: 2 })).toString('base64')
    await floor.edit(id, null, { file_content })
    expect(await stateOf(packages[0], id)).to.equal('changed')
    const third = await floor.packer.confirm(id, packages[0], { station_id: 'HELD', revision: 3 })
    expect(third.print_job?.pages).to.equal(2)
    expect(await floor.stored(id)).to.deep.equal({ confirmations: 3, jobs: 3, events: 3 })
    const [listed] = await floor.server.rpc.call('order_instruction.list', [order])
    expect(listed.confirmations.map((each: { confirmed_id: string }) => each.confirmed_id)).to.deep.equal([
      first.confirmation?.confirmed_id,
      second.confirmation?.confirmed_id,
      third.confirmation?.confirmed_id,
    ])
  })

  it('stays confirmed when a name or a print target is edited', async () => {
    const { order, packages } = await floor.order()
    const id = await floor.instruct(order)
    const first = await floor.packer.confirm(id, packages[0], { station_id: 'HELD' })
    await floor.edit(id, null, { file_name: 'renamed.pdf' })
    await floor.edit(id, null, { print_target: 'LABEL' })
    const again = await floor.packer.confirm(id, packages[0])
    expect(again).to.deep.equal({ ...first, file_name: 'renamed.pdf', print_target: 'LABEL' })
    expect(await floor.stored(id)).to.deep.equal(ONCE)
  })

  it('never prints twice for a package, however its presentation is edited after the confirmation', async () => {
    const { order, packages } = await floor.order([1])
    const id = await floor.instruct(order, { presentation: 'once_per_package' })
    await floor.packer.confirm(id, packages[0], { station_id: 'HELD' })
    for (const presentation of [
      'once_per_order',
      'once_per_shipment',
      'once_per_package',
      'once_per_order',
    ]) {
      await floor.edit(id, null, { presentation })
      expect((await floor.packer.confirm(id, packages[0])).state, presentation).to.equal('confirmed')
    }
    expect(await floor.stored(id)).to.deep.equal(ONCE)
  })

  it('counts a confirmation for whatever its package belongs to under the present presentation', async () => {
    const { order, packages } = await floor.order([2, 1])
    const id = await floor.instruct(order, { presentation: 'once_per_package' })
    await floor.packer.confirm(id, packages[0], { station_id: 'HELD' })
    await floor.edit(id, null, { presentation: 'once_per_shipment' })
    expect((await floor.packer.confirm(id, packages[1])).state).to.equal('elsewhere')
    expect(await stateOf(packages[2], id)).to.equal('due')
    await floor.edit(id, null, { presentation: 'once_per_order' })
    expect((await floor.packer.confirm(id, packages[2])).state).to.equal('elsewhere')
    expect(await floor.stored(id)).to.deep.equal(ONCE)
    await floor.edit(id, null, { presentation: 'once_per_package' })
    expect((await floor.packer.confirm(id, packages[1], { station_id: 'HELD' })).state).to.equal('confirmed')
    expect(await floor.stored(id)).to.deep.equal({ confirmations: 2, jobs: 2, events: 2 })
  })

  it('prints at the station at hand, whatever the health and the queues of other printers', async () => {
    const { order, packages } = await floor.order([3])
    const id = await floor.instruct(order, { presentation: 'once_per_package' })
    await floor.station({
      name: 'North',
      code: 'NORTH',
      status: 'offline',
      printers: [{ name: 'North laser', pool: 'LASER', priority: 99 }],
    })
    await floor.station({ name: 'South', code: 'SOUTH', printers: [{ name: 'South laser', pool: 'LASER' }] })
    const printerAt = async (pack: string | undefined, station_id: string) =>
      (await floor.packer.confirm(id, pack, { station_id })).print_job?.printer.name
    expect(await printerAt(packages[0], 'NORTH')).to.equal('North laser')
    expect(await printerAt(packages[1], 'NORTH')).to.equal('North laser')
    expect(await printerAt(packages[2], 'SOUTH')).to.equal('South laser')
  })

  it('prints elsewhere in the location when the station at hand has no printer of the pool', async () => {
    const { order, packages } = await floor.order()
    const id = await floor.instruct(order)
    const bench = await floor.station({
      name: 'Bench',
      printers: [{ name: 'Bench label', pool: 'LABEL' }, { name: 'Bench any' }],
    })
    const answer = await floor.packer.confirm(id, packages[0], { station_id: bench.stationId })
    expect(answer.confirmation?.station_id).to.equal(bench.stationId)
    const [job] = await floor.rows<{ pool: string; location_id: string; station_id: string }>(
      `select printers.pool, print_jobs.location_id, printers.station_id
       from print_jobs join printers using (printer_id) where print_jobs.job_id = ?`,
      [answer.print_job?.id],
    )
    expect(job).to.include({ pool: 'LASER', location_id: floor.server.credentials.location_id })
    expect(job?.station_id).to.not.equal(bench.stationId)
  })

  it('prints in the location of the station at hand, without one in that of the package, and never in a third', async () => {
    const { locationId, warehouseId } = await floor.location('Annex')
    const { order, packages } = await floor.order([2], warehouseId)
    const id = await floor.instruct(order, { presentation: 'once_per_package' })
    const refused = await floor.packer.fault('packing.confirm', [id, packages[0]])
    expect(refused).to.deep.include({ code: -32105, data: { printers: [] } })
    expect(await floor.stored(id)).to.deep.equal(NOTHING)

    await floor.station({ name: 'Annex', locationId, printers: [{ name: 'Annex laser', pool: 'LASER' }] })
    const there = await floor.packer.confirm(id, packages[0])
    expect(there.print_job?.printer.name).to.equal('Annex laser')
    const here = await floor.packer.confirm(id, packages[1], { station_id: 'HELD' })
    expect(here.print_job?.printer.name).to.equal('Held laser')
  })

  it('leaves printers at a station that is closed to the user alone', async () => {
    const { locationId, warehouseId } = await floor.location('Vault')
    const printers = [{ name: 'Vault laser', pool: 'LASER' as const }]
    await floor.station({
      name: 'Vault',
      locationId,
      allowAllUsers: false,
      allowedUsers: ['usr_x'],
      printers,
    })
    const { order, packages } = await floor.order([1], warehouseId)
    const id = await floor.instruct(order)
    const fault = await floor.packer.fault('packing.confirm', [id, packages[0]])
    expect(fault.code).to.equal(-32105)
    expect(fault.data?.['printers']).to.deep.equal([
      'Vault laser: station-access: station Vault is closed to the caller',
    ])
  })

  it('makes the shipment of a package that nobody opened `packing`', async () => {
    const { order, packages } = await floor.order()
    await floor.packer.confirm(await floor.note(order), packages[0])
    expect(await floor.shipmentStatus(`${order}-A`)).to.equal('packing')
  })

  it('answers an occurrence exactly as the view shows it', async () => {
    const { order, packages } = await floor.order()
    const id = await floor.instruct(order)
    const answer = await floor.packer.confirm(id, packages[0], { station_id: 'HELD' })
    const shown = (await floor.packer.open(packages[0])).occurrences[0] as OccurrenceJson
    expect(JSON.stringify(answer)).to.equal(JSON.stringify(shown))
  })
})
