import { expect } from 'chai'
import { Floor, type Packer } from './packing-fixtures.ts'

interface StationJson {
  readonly id: string
  readonly name: string
  readonly location_id: string
  readonly printers: readonly { readonly id: string; readonly name: string; readonly queue_depth: number }[]
}

describe('packing.stations', () => {
  let floor: Floor
  before(async () => {
    floor = await Floor.start()
  })
  after(() => floor.server.stop())

  const stationsOf = (user: Packer) => user.call<StationJson[]>('packing.stations', [])
  const namesOf = async (user: Packer) => (await stationsOf(user)).map(({ name }) => name)

  it('lists each station with its printers in their order, with exactly these members', async () => {
    const station = await floor.station({
      name: 'Bench 7',
      displayName: 'Bench seven',
      code: 'B7',
      status: 'offline',
      printers: [
        { name: 'Zebra', model: 'ZD421', code: 'B7-Z', pool: 'LABEL' },
        { name: 'Brother', pool: 'LASER', status: 'busy' },
      ],
    })
    const [zebra, brother] = station.printers
    await floor.db('printers').where({ printer_id: zebra?.printerId }).update({ is_paused: true })
    await floor.server.services.printers.reportState(zebra?.printerId ?? '', {
      status: 'error',
      stateReasons: ['media-empty'],
    })
    const found = (await stationsOf(floor.packer)).find(({ id }) => id === station.stationId)
    expect(JSON.stringify(found)).to.equal(
      JSON.stringify({
        id: station.stationId,
        name: 'Bench 7',
        display_name: 'Bench seven',
        code: 'B7',
        status: 'offline',
        location_id: floor.server.credentials.location_id,
        printers: [
          {
            id: zebra?.printerId,
            name: 'Zebra',
            model: 'ZD421',
            code: 'B7-Z',
            pool: 'LABEL',
            status: 'error',
            paused: true,
            state_reasons: ['media-empty'],
            queue_depth: 0,
          },
          {
            id: brother?.printerId,
            name: 'Brother',
            model: null,
            code: null,
            pool: 'LASER',
            status: 'busy',
            paused: false,
            state_reasons: [],
            queue_depth: 0,
          },
        ],
      }),
    )
  })

  it('counts the jobs that are queued or processing, and no others', async () => {
    const station = await floor.station({
      name: 'Queue',
      code: 'QUEUE',
      printers: [{ name: 'Queue laser', pool: 'LASER' }],
    })
    const depth = async () =>
      (await stationsOf(floor.packer)).find(({ id }) => id === station.stationId)?.printers[0]?.queue_depth
    const { order, packages } = await floor.order()
    const jobs: string[] = []
    for (let count = 0; count < 3; count += 1) {
      const id = await floor.instruct(order)
      const { print_job } = await floor.packer.confirm(id, packages[0], { station_id: 'QUEUE' })
      jobs.push(print_job?.id ?? '')
    }
    expect(await depth()).to.equal(3)
    await floor.packer.call('print_job.update', [jobs[0], { status: 'processing' }])
    expect(await depth()).to.equal(3)
    await floor.packer.call('print_job.update', [jobs[0], { status: 'completed' }])
    expect(await depth()).to.equal(2)
    await floor.packer.call('print_job.update', [jobs[1], { status: 'canceled' }])
    expect(await depth()).to.equal(1)
  })

  it("shows the stations of the user's location, and all of them to a user without one", async () => {
    const { locationId } = await floor.location('Elsewhere')
    await floor.station({ locationId, name: 'Far bench' })
    expect(await namesOf(floor.packer))
      .to.include('Station-001')
      .and.not.include('Far bench')
    expect(await namesOf(await floor.user('packer', { locationId }))).to.deep.equal(['Far bench'])
    expect(await namesOf(await floor.user('supervisor', { locationId: null }))).to.include.members([
      'Far bench',
      'Station-001',
    ])
  })

  it('leaves out what is closed to a packer, and shows it to whom it is open and to supervisors', async () => {
    const friend = await floor.user('packer')
    await floor.station({ name: 'Private', allowAllUsers: false, allowedUsers: [friend.id] })
    expect(await namesOf(floor.packer)).not.to.include('Private')
    expect(await namesOf(friend)).to.include('Private')
    expect(await namesOf(await floor.user('supervisor'))).to.include('Private')
  })

  it('leaves out what was removed', async () => {
    const station = await floor.station({ name: 'Gone', printers: [{ name: 'Gone laser' }] })
    await floor.db('printers').where({ station_id: station.stationId }).update({ deleted_at: new Date() })
    const found = (await stationsOf(floor.packer)).find(({ id }) => id === station.stationId)
    expect(found?.printers).to.deep.equal([])
    await floor.db('stations').where({ station_id: station.stationId }).update({ deleted_at: new Date() })
    expect(await namesOf(floor.packer)).not.to.include('Gone')
  })

  it('answers a location without stations an empty array, and is fault 2 to a merchant', async () => {
    const { locationId } = await floor.location('Bare')
    expect(await stationsOf(await floor.user('packer', { locationId }))).to.deep.equal([])
    expect((await floor.server.rpc.fault('packing.stations', [])).code).to.equal(-32002)
  })

  it('shows neither tokens nor connections', async () => {
    const text = JSON.stringify(await stationsOf(floor.packer))
    expect(text).not.to.match(/token|connection|password/)
  })
})
